"""Who waits beside the rounds: answered that he wants a mentor, may be proposed to, and stands nowhere yet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import DateField, DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Greatest, TruncDate
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from schools.consents.selectors import deciding_kinds, has_consent, has_withdrawn_taking_part
from schools.matching.answers import entry_answers, has_given_up
from schools.matching.models import Candidate, Round, Support
from schools.pairs.domain import EndCode
from schools.pairs.models import Pair
from schools.pairs.selectors import HAS_FULL_ORDER
from schools.people.editions import Acts, refuse_overtaken
from schools.people.models import Enrolment, Person
from schools.people.selectors import enrolled_q, with_enrolments
from schools.questionnaires.domain import TAKES_PART

# «Нет» to taking part, as text; a sheet without the question is a wish all the same.
_NO = "false"
# How a pair ends that leaves nobody waiting: on its planned last day, which needs no reason, or with the programme.
ENDS_AS_MEANT = ("", EndCode.COMPLETED)


def waiting_people(*, actor: Actor, day: date) -> QuerySet[Person]:
    """Return those who wait beside the rounds, the longest waiting first, with enrolments.

    They have answered the entry questionnaire of mentees within a year and not «нет», have a processing consent in
    force, none to take part that was taken back, and are here; they stand as mentees in no pair that goes on, drafts
    included, in no round that is not closed (there the round sees to them), and do not wait after a closed one, which
    the other list says. Whose pair has run its course since he answered has had what he asked for; who has given up
    since is asked about no more.
    Each carries ``waiting_since`` (the day of the answer, or the day after a pair that ended before its time since),
    ``form_code`` (of the asking; may be empty) and ``has_support``.

    :raises RefusedError: when the actor may not.
    """
    enforce(actor.has("pairs.unpaired_view"))
    entries = entry_answers(Candidate.Side.MENTEE, day)
    said = entries.annotate(since=TruncDate("submitted_at"), wish=KeyTextTransform(TAKES_PART, "answers"))
    ever = Enrolment.objects.filter(person=OuterRef("pk"))
    here = Q(~Exists(ever)) | Q(Exists(ever.filter(enrolled_q(day))))
    pairs = Pair.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), mentee=OuterRef("pk"))
    rounds = Candidate.objects.filter(person=OuterRef("pk"), side=Candidate.Side.MENTEE, out_at__isnull=True)
    seen_to = rounds.exclude(round__state=Round.State.CLOSED, waiting_since__isnull=True)
    rows = Person.objects.filter(here, ~Exists(pairs), ~Exists(seen_to), destroyed_at__isnull=True)
    may_be = rows.filter(has_consent(day, deciding_kinds()), ~has_withdrawn_taking_part(day))
    known = may_be.annotate(
        answered_on=Subquery(said.values("since")[:1]),
        answered_at=Subquery(entries.values("submitted_at")[:1]),
        wish=Subquery(said.values("wish")[:1]),
        form_code=Subquery(entries.values("round__form_code")[:1]),
    )
    had = Pair.objects.filter(HAS_FULL_ORDER, mentee=OuterRef("pk"), ends_on__gte=OuterRef("answered_on"))
    known = known.filter(~Exists(had.filter(end_code__in=ENDS_AS_MEANT)))
    known = known.filter(~has_given_up(Candidate.Side.MENTEE, since="answered_at"))
    known = known.annotate(waiting_since=Greatest("answered_on", Subquery(_day_after(had))))
    # A mark is of one wait: who answers anew, a year later say, is asked about anew.
    marks = Support.objects.filter(person=OuterRef("pk"), end_code="", marked_at__date__gte=OuterRef("waiting_since"))
    found = known.filter(~Q(wish=_NO) | Q(wish__isnull=True), answered_on__isnull=False).annotate(
        has_support=Exists(marks)
    )
    return with_enrolments(found).order_by("waiting_since", "folded_name", "pk")  # type: ignore[misc]


def _day_after(pairs: QuerySet[Pair]) -> QuerySet[Pair, Any]:
    """Return the day after the last one of the pairs, as rows of a single value."""
    after = ExpressionWrapper(F("ends_on") + timedelta(days=1), output_field=DateTimeField())
    return pairs.order_by("-ends_on").annotate(after=Cast(after, DateField())).values("after")[:1]


def person_waiting_for(*, actor: Actor, person_id: UUID) -> Person:
    """Return one of those who wait beside the rounds.

    :raises Http404: he does not.
    """
    found = waiting_people(actor=actor, day=timezone.localdate()).filter(pk=person_id).first()
    if found is None:
        raise Http404
    return found


def support_of(person: Person) -> dict[str, Any]:
    """Return what may be marked of somebody whom :func:`waiting_people` found."""
    return {"has_support": bool(getattr(person, "has_support", False))}


def mark_support_of_person(*, actor: Actor, person_id: UUID, has_support: bool, seen: str | None = None) -> Person:
    """Record that somebody who waits beside the rounds has, or has no longer, «психологическое сопровождение».

    ``seen`` is the edition of :func:`support_of` that was read: what somebody else has marked since stays.

    :raises FaultyActError: somebody else has.
    :raises Http404: nobody who waits so.
    :raises RefusedError: when the actor may not.
    """
    enforce(actor.has("waiting.support"))
    with transaction.atomic():
        # Held first: what is read of the mark afterwards is what stands.
        list(Person.objects.filter(pk=person_id).select_for_update(of=("self",)).values_list("pk"))
        person = person_waiting_for(actor=actor, person_id=person_id)
        held = support_of(person)
        words = {"has_support": _("есть") if held["has_support"] else _("нет")}
        acts = Acts("people.person", person.pk, ["matching.support_marked"])
        refuse_overtaken(seen=seen, values=held, typed={"has_support": has_support}, words=words, acts=acts)
        if held["has_support"] == has_support:
            return person
        if has_support:
            mark = {"marked_by": actor.pk, "marked_at": timezone.now(), "end_code": ""}
            Support.objects.update_or_create(person=person, defaults=mark)
        else:
            Support.objects.filter(person=person).delete()
        record(
            actor=actor,
            action="matching.support_marked",
            object_type="people.person",
            object_id=person.pk,
            details={"has_support": has_support},
        )
    return person_waiting_for(actor=actor, person_id=person_id)
