"""Reads about rounds and their candidates; each takes the actor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform
from django.http import Http404
from django.utils import timezone

from core.authz import Actor, enforce
from schools.consents.selectors import deciding_kinds, has_consent, has_left_off, has_withdrawn_taking_part
from schools.matching import policies
from schools.matching.answers import entry_answers, has_given_up
from schools.matching.domain.proposals import LIVE
from schools.matching.models import Candidate, Proposal, Round, Run
from schools.pairs.models import Pair
from schools.people.domain import ENROLLED_KINDS, age_on
from schools.people.models import Enrolment, Person, PersonKind
from schools.people.selectors import (
    enrolled_q,
    has_left,
    named,
    people_visible_to,
    place_of,
    represented_by,
    wards_of,
    with_enrolments,
)
from schools.questionnaires.domain import TAKES_PART
from tenants.reference.selectors import Form, forms_now

_Side = Candidate.Side


def rounds_visible_to(actor: Actor, permission: str = "matching.view") -> QuerySet[Round]:
    """Return the rounds on which the actor carries a permission; a curator: those of his forms."""
    reach = actor.reach(permission)
    if reach.everything:
        return Round.objects.all()
    return Round.objects.filter(form_code__in=reach.values("form"))


def round_for(*, actor: Actor, round_id: UUID, permission: str = "matching.view", lock: bool = False) -> Round:
    """Return one round; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such round among those on which the actor carries the permission.
    """
    rows = rounds_visible_to(actor, permission)
    found = (rows.select_for_update() if lock else rows).filter(pk=round_id).first()
    if found is None:
        raise Http404
    return found


def with_counts(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Annotate rounds with how many ``mentees``, ``mentors``, who ``asked`` for somebody, and are ``matched``."""
    still = Q(candidates__out_at__isnull=True)
    mentee = still & Q(candidates__side=_Side.MENTEE)
    return rounds.annotate(
        mentees=Count("candidates", filter=mentee, distinct=True),
        mentors=Count("candidates", filter=still & Q(candidates__side=_Side.MENTOR), distinct=True),
        asked=Count("candidates", filter=still & ~Q(candidates__preferences=[]), distinct=True),
        matched=Count("candidates", filter=mentee & Q(candidates__partner__isnull=False), distinct=True),
    )


def form_of(found: Round) -> Form | None:
    """Return the form of a round, withdrawn or not; None when the region no longer knows the code."""
    return next((row for row in forms_now(with_withdrawn=True) if row.code == found.form_code), None)


def candidates_of(found: Round, *, with_out: bool = False) -> QuerySet[Candidate]:
    """Return the candidates of a round the actor was given, mentees first, by number."""
    rows = Candidate.objects.filter(round=found)
    rows = rows if with_out else rows.filter(out_at__isnull=True)
    return rows.order_by("side", "number")


def mentors_asked(day: date) -> QuerySet[Candidate, Any]:
    """Return the ids of the people who stand as mentors in a round that is not closed, whatever the day."""
    rows = Candidate.objects.filter(side=_Side.MENTOR, out_at__isnull=True)
    return rows.exclude(round__state=Round.State.CLOSED).values("person")


def across_in_rounds(role: str, person_id: UUID) -> QuerySet[Candidate, Any]:
    """Return the ids of those who stand on a side of a round that is not closed, with a person on the other side.

    Who is proposed to him is among them: proposals live in such rounds alone.
    """
    goes_on = Candidate.objects.filter(out_at__isnull=True).exclude(round__state=Round.State.CLOSED)
    mine = goes_on.filter(person=person_id).exclude(side=role).values("round")
    return goes_on.filter(side=role, round__in=mine).values("person")


def candidate_for(
    *, actor: Actor, candidate_id: UUID, permission: str = "matching.view", lock: bool = False
) -> Candidate:
    """Return one candidate with his round and person.

    :raises Http404: no such candidate in a round on which the actor carries the permission.
    """
    rows = Candidate.objects.filter(round__in=rounds_visible_to(actor, permission), pk=candidate_id)
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related("round", "person")
    found = rows.first()
    if found is None:
        raise Http404
    return found


def with_people(rows: QuerySet[Candidate], day: date) -> QuerySet[Candidate]:
    """Load people with kinds and enrolments, and annotate how their consents stand on the day; four queries.

    ``consented``: one to processing is in force; ``withdrew``: it was taken back that he takes part.
    """
    people = with_enrolments(Person.objects.all())
    annotated = rows.annotate(
        consented=has_consent(day, deciding_kinds(), "person_id"), withdrew=has_withdrawn_taking_part(day, "person_id")
    )
    return annotated.prefetch_related(Prefetch("person", queryset=people))


@dataclass(frozen=True, slots=True)
class Eligible:
    """Somebody who can be added to a side of a round."""

    id: UUID
    full_name: str
    place: str
    age: int | None
    has_consent: bool
    is_in_pair: bool


def eligible_people(
    *, actor: Actor, found: Round, side: str, typed: str = "", class_id: UUID | None = None
) -> QuerySet[Person]:
    """Return people of the kinds that stand on a side, here today or outside the school, who are not in the round.

    Nobody for whom it was taken back that he takes part: until a new consent is recorded no round has him.
    Each carries ``consented`` (a processing consent in force) and ``paired`` (in a pair of the form on this side).
    """
    day = timezone.localdate()
    kinds = _kinds_of_side(form_of(found), side)
    everybody = people_visible_to(actor, "people.find")
    people = everybody.filter(pk__in=PersonKind.objects.filter(kind__in=kinds).values("person")) if kinds else everybody
    enrolments = Enrolment.objects.filter(enrolled_q(day))
    if class_id is not None:
        people = people.filter(pk__in=enrolments.filter(school_class=class_id).values("person"))
    here = Q(pk__in=enrolments.values("person"))
    if outside := set(kinds) - set(ENROLLED_KINDS):
        here |= Q(pk__in=PersonKind.objects.filter(kind__in=outside).values("person"))
    taken = Candidate.objects.filter(round=found, side=side, out_at__isnull=True).values("person")
    rows = named(people.filter(here, ~has_withdrawn_taking_part(day)).exclude(pk__in=taken), typed)
    rows = rows.annotate(
        consented=has_consent(day, deciding_kinds()), paired=stands_in_pair(found.form_code, side, day)
    )
    return with_enrolments(rows).order_by("folded_name", "pk")


def _kinds_of_side(form: Form | None, side: str) -> tuple[str, ...]:
    if form is None:
        return ()
    return form.mentor_kinds if side == _Side.MENTOR else form.mentee_kinds


def has_left_side(row: Candidate, form: Form | None, day: date) -> bool:
    """Tell whether a candidate, loaded by :func:`with_people`, is here no more as what his side of the form takes."""
    return has_left(row.person, day, _kinds_of_side(form, row.side))


def stands_in_pair(form_code: str, side: str, day: date, person: str = "pk") -> Exists:
    """Return the expression «in a pair of the form on this side, drafts included» for rows that reach a person."""
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rows = Pair.objects.filter(going_on, form_code=form_code, **{side: OuterRef(person)})
    return Exists(rows, output_field=BooleanField())


def led_by(person_ids: Collection[UUID], day: date, *, but: Collection[tuple[UUID, UUID]] = ()) -> Counter[UUID]:
    """Return how many people each mentor has in pairs of any form that have not ended, drafts included; one query.

    ``but``: pairs of (mentor, mentee) that do not count.
    """
    rows = Pair.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), mentor__in=list(person_ids))
    stand = set(rows.values_list("mentor", "mentee")) - set(but)
    return Counter(mentor for mentor, _mentee in stand)


def has_another_pair(found: Round, day: date) -> Exists:
    """Return the expression «a mentee in a pair of the form that this round did not make» for its candidates.

    It made those of its proposals, and since it was published those of a mentee with the mentor of the board.
    """
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rows = Pair.objects.filter(going_on, form_code=found.form_code, mentee=OuterRef("person_id"))
    if found.published_at is not None:
        agreed = Proposal.objects.filter(mentee=OuterRef(OuterRef("pk")), pair=OuterRef("pk"))
        placed = Candidate.objects.filter(pk=OuterRef(OuterRef("partner_id")), person=OuterRef("mentor_id"))
        is_of_board = Q(Exists(placed), created_at__gte=found.published_at)
        rows = rows.exclude(is_of_board | Q(Exists(agreed)))
    return Exists(rows, output_field=BooleanField())


def eligible_rows(people: Iterable[Person], *, with_age: bool) -> list[Eligible]:
    """Return what a list shows of people that :func:`eligible_people` found."""
    day = timezone.localdate()
    return [
        Eligible(
            id=person.pk,
            full_name=person.full_name,
            place=place_of(person, day),
            age=age_on(person.birth_date, day) if with_age else None,
            has_consent=bool(getattr(person, "consented", False)),
            is_in_pair=bool(getattr(person, "paired", False)),
        )
        for person in people
    ]


def numbers_of(rows: Collection[Candidate]) -> dict[str, int]:
    """Return the numbers of candidates by the text of their ids, for lists that hold ids."""
    return {str(row.pk): row.number for row in rows}


def runs_of(found: Round) -> QuerySet[Run]:
    """Return the runs of a round the actor was given, the latest first, without what was asked and its scores."""
    return Run.objects.filter(round=found).select_related("round").defer("asked", "scores").order_by("-asked_at", "pk")


def run_for(*, actor: Actor, run_id: UUID) -> Run:
    """Return one run with its round.

    :raises Http404: no such run of a round that the actor sees.
    """
    found = Run.objects.filter(round__in=rounds_visible_to(actor), pk=run_id).select_related("round").first()
    if found is None:
        raise Http404
    return found


def proposals_visible_to(actor: Actor, permission: str = "matching.view") -> QuerySet[Proposal]:
    """Return the proposals of the rounds on which the actor carries a permission, with people."""
    rows = Proposal.objects.filter(mentee__round__in=rounds_visible_to(actor, permission))
    return rows.select_related("mentor__person", "mentee__person", "mentee__round")


def proposals_for(actor: Actor) -> QuerySet[Proposal]:
    """Return what the actor himself is asked, as a mentor or a mentee: the open ones first, the latest first.

    For the home pages of participants; nobody's for who is no person of the school or answers nothing.
    """
    if actor.person_id is None or not actor.reach("proposals.answer").own:
        return Proposal.objects.none()
    # Of a proposal with options its mentor has not been asked, and never learns that he was passed over.
    mine = Q(mentor__person=actor.person_id, options=[]) | Q(mentee__person=actor.person_id)
    rows = Proposal.objects.filter(mine).select_related("mentor__person", "mentee__person", "mentee__round")
    is_over = Case(When(state__in=LIVE, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.annotate(is_own=Value(True)).order_by(is_over, "-asked_at", "pk")


def proposals_to_children(actor: Actor) -> QuerySet[Proposal]:
    """Return the open proposals that the actor's children under 18 have not answered as mentees."""
    children = represented_by(actor=actor)
    rows = Proposal.objects.filter(mentee__person__in=children, state__in=LIVE, mentee_answer="")
    return rows.select_related("mentee").order_by("expires_on", "pk")


def own_proposal_for(*, actor: Actor, proposal_id: UUID) -> Proposal:
    """Return one proposal to the actor.

    :raises Http404: he is not asked there.
    """
    found = proposals_for(actor).filter(pk=proposal_id).first()
    if found is None:
        raise Http404
    return found


def proposal_for(*, actor: Actor, proposal_id: UUID) -> Proposal:
    """Return one proposal of a round the actor sees.

    :raises Http404: no such proposal there.
    """
    found = proposals_visible_to(actor).filter(pk=proposal_id).first()
    if found is None:
        raise Http404
    return found


def refusal_reason_for(actor: Actor, proposal: Proposal) -> str:
    """Return the code of why somebody declined, to who leads the round and stands apart; empty to everybody else.

    Why one of the two said no is not for the other, nor for who represents him, nor for a mentor who was offered to
    choose from: whatever else they are in the school, and whether or not they answer under this login.
    """
    if not proposal.reason or not policies.may_lead_rounds_of_form(actor, proposal.mentee.round.form_code):
        return ""
    if actor.person_id is not None:
        offered = Candidate.objects.filter(pk__in=proposal.options).values_list("person", flat=True)
        concerned = {proposal.mentor.person_id, proposal.mentee.person_id, *offered}
        if actor.person_id in concerned or wards_of(actor=actor).filter(pk__in=concerned).exists():
            return ""
    return proposal.reason


def left_of(found: Round) -> int:
    """Return how many mentees of a published round have nobody."""
    return Candidate.objects.filter(round=found, side=Candidate.Side.MENTEE, waiting_since__isnull=False).count()


def waiting_mentees(*, actor: Actor, day: date) -> QuerySet[Candidate]:
    """Return the mentees for whom the search goes on, the longest waiting first, with rounds and people.

    Whoever has found a mentor another way is left out: in a pair of the form that has not ended, drafts included. So is
    who took back a consent, to keep his data or to take part, who answers «нет» by now or has given up, and who took
    part in a later round of the form: that one says how he stands.

    :raises RefusedError: when the actor may not.
    """
    enforce(actor.has("pairs.unpaired_view"))
    rows = Candidate.objects.filter(side=_Side.MENTEE, waiting_since__isnull=False, out_at__isnull=True)
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    paired = Pair.objects.filter(going_on, mentee=OuterRef("person"), form_code=OuterRef("round__form_code"))
    ever = Enrolment.objects.filter(person=OuterRef("person"))
    here = Q(~Exists(ever)) | Q(Exists(ever.filter(enrolled_q(day))))
    said = entry_answers(_Side.MENTEE, day, person="person", form=OuterRef("round__form_code"))
    wish = Subquery(said.annotate(wish=KeyTextTransform(TAKES_PART, "answers")).values("wish")[:1])
    given_up = has_given_up(_Side.MENTEE, person="person", since="waiting_since", by_day=True)
    later = Candidate.objects.filter(
        person=OuterRef("person"),
        side=_Side.MENTEE,
        out_at__isnull=True,
        round__form_code=OuterRef("round__form_code"),
        round__created_at__gt=OuterRef("round__created_at"),
    ).exclude(round__state=Round.State.OPEN)
    rows = rows.filter(~Exists(paired), here, ~has_left_off(day, "person"), ~given_up, ~Exists(later))
    rows = rows.annotate(wish=wish).filter(~Q(wish="false") | Q(wish__isnull=True))
    found = rows.filter(person__destroyed_at__isnull=True).select_related("round")
    people = with_enrolments(Person.objects.all())
    return found.prefetch_related(Prefetch("person", queryset=people)).order_by("waiting_since", "number", "pk")


def waiting_mentee_for(*, actor: Actor, candidate_id: UUID) -> Candidate:
    """Return one of those who wait.

    :raises Http404: nobody who waits.
    """
    found = waiting_mentees(actor=actor, day=timezone.localdate()).filter(pk=candidate_id).first()
    if found is None:
        raise Http404
    return found
