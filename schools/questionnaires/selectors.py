"""Reads of questionnaires. The two of a pair never get each other's answers, whatever other roles they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone

from core.accounts.models import User
from core.authz import Actor
from schools.consents.selectors import has_left_off
from schools.pairs.models import Pair
from schools.people.models import Enrolment, Person
from schools.people.selectors import enrolled_q, own_classes, represented_by
from schools.questionnaires.domain import ResponseState
from schools.questionnaires.models import Response, Round, Template
from schools.questionnaires.partners import possible_partners

UNANSWERED = (ResponseState.ASKED, ResponseState.DRAFT, ResponseState.REOPENED)
# A round is told of so many days before its last one, and without one after so many days.
NEAR_DAYS = 3
PATIENCE_DAYS = 14


def latest_answers(
    person_ids: Collection[UUID], *, kind: str, role: str, form_code: str = "", since: date | None = None
) -> dict[UUID, dict[str, Any]]:
    """Return what each person submitted last in a kind of questionnaire and a role, by code of item; one query.

    With a form: answers to rounds of that form or of none. With a day: those sent on it or later.

    Values: scale → int 1–10, yes_no → bool, text → str, choice → code of the option, choices → list of codes,
    people → list of ids (str) in the order of the wish. Who has not answered is left out. For computation inside the
    school (matching): it takes no actor, and its answers are shown to nobody as they are.
    """
    rows = Response.objects.filter(
        person__in=list(person_ids),
        submitted_at__isnull=False,
        round__template__kind=kind,
        round__template__role=role,
    )
    if form_code:
        of_none = Q(round__form_code="", round__template__form_code__in=("", form_code))
        rows = rows.filter(Q(round__form_code=form_code) | of_none)
    if since is not None:
        rows = rows.filter(submitted_at__date__gte=since)
    rows = rows.order_by("person", "-submitted_at", "pk").distinct("person")
    return dict(rows.values_list("person_id", "answers"))


def option_titles(kind: str) -> dict[str, dict[str, str]]:
    """Return the titles of options by codes of item and option, of this school's questionnaires of a kind; one query.

    Of several wordings the latest counts.
    """
    found: dict[str, dict[str, str]] = {}
    for items in Template.objects.filter(kind=kind).order_by("created_at", "pk").values_list("items", flat=True):
        for item in items:
            titles = {option["code"]: option["title"] for option in item.get("options") or []}
            found.setdefault(item["code"], {}).update(titles)
    return found


def has_gone() -> Q:
    """Return the condition «has left the school» on responses; somebody who was never enrolled here has not."""
    ever = Enrolment.objects.filter(person=OuterRef("person"))
    return Q(Exists(ever)) & ~Q(Exists(ever.filter(enrolled_q(timezone.localdate()))))


def is_silent() -> Q:
    """Return the condition «will not answer any more»: has left, or took back that his data are kept or he takes part.

    One query, for the kinds of consent.
    """
    return has_gone() | has_left_off(timezone.localdate(), "person")


def counted(rows: QuerySet[Response], silent: Q | None = None) -> QuerySet[Response]:
    """Leave out those of whom nothing came and nothing will come, and those whose data were destroyed.

    What somebody sent before he left or took his consent back stays in the results, sent back to be mended or not.
    ``silent`` is :func:`is_silent` where it is known already.
    """
    nothing = Q(state__in=UNANSWERED, submitted_at__isnull=True) & (is_silent() if silent is None else silent)
    return rows.filter(person__destroyed_at__isnull=True).exclude(nothing)


def awaited(rows: QuerySet[Response]) -> QuerySet[Response]:
    """Narrow responses to those that are still to come: nobody is asked again who has left or took his consent back."""
    return rows.filter(state__in=UNANSWERED, person__destroyed_at__isnull=True).exclude(is_silent())


def has_answered(silent: Q) -> Q:
    """Return the condition «has answered, and nothing is waited for from him» on responses."""
    return Q(state=ResponseState.SUBMITTED) | (Q(submitted_at__isnull=False) & silent)


def withdrawn_among(person_ids: Collection[UUID]) -> set[UUID]:
    """Return those of the people who took back the consent to keep their data, or to take part: nobody asks them."""
    people = Person.objects.filter(has_left_off(timezone.localdate()), pk__in=list(person_ids))
    return set(people.values_list("pk", flat=True))


def responses_visible_to(actor: Actor, permission: str = "questionnaires.view") -> QuerySet[Response]:
    """Return the responses on which the actor carries a permission.

    A curator: rounds and pairs of his forms. A class teacher: those enrolled in his classes today. Nobody, the director
    neither, has those of the mentees whom he mentors or ever mentored: a child says there what he thinks of his mentor.
    Nor those of whoever mentors him, given as a mentor; nor of whoever may yet come to stand so with him.
    """
    reach = actor.reach(permission)
    rows = Response.objects.filter(person__destroyed_at__isnull=True)
    if not reach.everything:
        conditions = Q(pk__in=())
        if forms := reach.values("form"):
            conditions |= Q(round__form_code__in=forms) | Q(pair__form_code__in=forms)
        if classes := own_classes(reach):
            mine = Enrolment.objects.filter(enrolled_q(timezone.localdate()), school_class__in=classes)
            conditions |= Q(person__in=mine.values("person"))
        rows = rows.filter(conditions)
    return rows.exclude(_by_partner(actor))


_OTHER = {"mentor": "mentee", "mentee": "mentor"}


def _by_partner(actor: Actor) -> Q:
    """Return the condition «an answer given in a pair's one part by whoever stands, or stood, in it with the actor».

    Or may come to: who is proposed to him, or is on the other side of a matching that goes on.
    """
    if actor.person_id is None:
        return Q(pk__in=())
    found = Q(pk__in=())
    for role, other in _OTHER.items():
        ours = Pair.objects.filter(**{role: OuterRef("person"), other: actor.person_id})
        for others in possible_partners(role, actor.person_id):
            found |= Q(person__in=others, round__template__role=role)
        found |= Q(Exists(ours), round__template__role=role)
    return found


def is_of_partner(actor: Actor, row: Response) -> bool:
    """Tell whether a response is one that the actor must never read: its template is loaded."""
    role = row.round.template.role
    if actor.person_id is None or role not in _OTHER:
        return False
    if Pair.objects.filter(**{role: row.person_id, _OTHER[role]: actor.person_id}).exists():
        return True
    partners = possible_partners(role, actor.person_id)
    return any(Person.objects.filter(pk=row.person_id, pk__in=others).exists() for others in partners)


def response_for(
    *, actor: Actor, response_id: UUID, permission: str = "questionnaires.view", lock: bool = False
) -> Response:
    """Return one response with round, template and person; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such response among those on which the actor carries the permission.
    """
    rows = responses_visible_to(actor, permission).select_related("round__template", "person", "pair")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=response_id).first()
    if row is None:
        raise Http404
    return row


def own_responses(actor: Actor) -> QuerySet[Response]:
    """Return what the actor himself was asked; nothing for somebody who is no person of the school."""
    if actor.person_id is None:
        return Response.objects.none()
    rows = Response.objects.filter(person=actor.person_id)
    return rows.select_related("round__template", "person", "pair__mentee", "pair__mentor").order_by(
        "-round__opened_at", "pk"
    )


def unanswered_by(actor: Actor) -> QuerySet[Response]:
    """Return what waits for the actor's own answer, the earliest last day first."""
    rows = awaited(own_responses(actor)).filter(round__closed_at__isnull=True)
    return rows.order_by(F("round__due_on").asc(nulls_last=True), "pk")


def responses_asked_of_children(actor: Actor) -> QuerySet[Response]:
    """Return what the actor's children under 18 are still asked, the earliest last day first, without answers."""
    children = represented_by(actor=actor)
    rows = awaited(Response.objects.filter(person__in=children, round__closed_at__isnull=True))
    rows = rows.select_related("round").defer("answers", "draft")
    return rows.order_by(F("round__due_on").asc(nulls_last=True), "pk")


def own_response_for(*, actor: Actor, response_id: UUID, lock: bool = False) -> Response:
    """Return what the actor himself is asked.

    :raises Http404: no such response of his.
    """
    rows = own_responses(actor)
    row = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=response_id).first()
    if row is None:
        raise Http404
    return row


def rounds_visible_to(actor: Actor, permission: str = "questionnaires.view") -> QuerySet[Round]:
    """Return the rounds the actor sees something of, the latest first: of his forms, or with his pupils among asked."""
    rows = Round.objects.select_related("template").order_by("-opened_at", "pk")
    reach = actor.reach(permission)
    if reach.everything:
        return rows
    some = responses_visible_to(actor, permission).filter(round=OuterRef("pk"))
    return rows.filter(Q(form_code__in=reach.values("form"), form_code__gt="") | Exists(some))


def round_for(*, actor: Actor, round_id: UUID, permission: str = "questionnaires.view", lock: bool = False) -> Round:
    """Return one round with its template.

    :raises Http404: no such round among those the actor sees.
    """
    rows = rounds_visible_to(actor, permission)
    row = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=round_id).first()
    if row is None:
        raise Http404
    return row


def answered_counts(actor: Actor, round_ids: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return (answered, asked) of each round, of those whom the actor sees; one query."""
    silent = is_silent()
    rows = counted(responses_visible_to(actor), silent).filter(round__in=list(round_ids)).order_by()
    found = rows.values_list("round").annotate(asked=Count("pk"), answered=Count("pk", filter=has_answered(silent)))
    return {key: (answered, asked) for key, asked, answered in found}


def with_counts(actor: Actor, rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Add ``asked`` and ``answered``, numbers among those whom the actor sees, to each round."""
    silent = is_silent()
    seen = counted(responses_visible_to(actor), silent).filter(round=OuterRef("pk")).order_by().values("round")
    answered = Count("pk", filter=has_answered(silent))
    return rounds.annotate(
        asked=Coalesce(Subquery(seen.annotate(number=Count("pk")).values("number")), 0),
        answered=Coalesce(Subquery(seen.annotate(number=answered).values("number")), 0),
    )


def late_rounds(actor: Actor, day: date) -> QuerySet[Round]:
    """Return the open rounds whose last day is near or past and which somebody has not answered, the soonest due first.

    Each has ``unanswered``, how many of those on whom the actor may enter answers. A round without a last day is late
    after a fortnight.
    """
    waits = awaited(responses_visible_to(actor, "questionnaires.edit"))
    number = waits.filter(round=OuterRef("pk")).order_by().values("round").annotate(number=Count("pk"))
    is_late = Q(due_on__lte=day + timedelta(days=NEAR_DAYS))
    is_late |= Q(due_on__isnull=True, opened_at__date__lte=day - timedelta(days=PATIENCE_DAYS))
    rounds = Round.objects.filter(is_late, closed_at__isnull=True).annotate(
        unanswered=Coalesce(Subquery(number.values("number")), 0)
    )
    return rounds.filter(unanswered__gt=0).order_by(F("due_on").asc(nulls_last=True), "opened_at", "pk")


def asked_in(actor: Actor, row: Round, permission: str = "questionnaires.view") -> QuerySet[Response]:
    """Return who is asked in a round, by name, of those on whom the actor carries a permission.

    Each carries ``is_over``: nothing more is waited for from him.
    """
    silent = is_silent()
    rows = counted(responses_visible_to(actor, permission), silent).filter(round=row)
    rows = rows.annotate(is_over=ExpressionWrapper(silent, output_field=BooleanField()))
    return rows.select_related("round__template", "person", "pair__mentor", "pair__mentee").order_by(
        "person__folded_name", "pk"
    )


def shown_state(row: Response) -> ResponseState:
    """Return how a response of :func:`asked_in` stands: what was sent by whom nothing more is waited for has come."""
    return ResponseState.SUBMITTED if getattr(row, "is_over", False) else ResponseState(row.state)


OTHERS = "others"


def with_rooms(rows: QuerySet[Response]) -> QuerySet[Any]:
    """Annotate responses with ``room`` and ``room_title``: the class of the person today; None for those in none."""
    enrolled = Enrolment.objects.filter(
        enrolled_q(timezone.localdate()), person=OuterRef("person"), school_class__isnull=False
    ).order_by("-admitted_on")
    return rows.annotate(
        room=Subquery(enrolled.values("school_class")[:1]),
        room_title=Subquery(enrolled.values("school_class__title")[:1]),
    )


def with_accounts(rows: QuerySet[Response]) -> QuerySet[Any]:
    """Annotate responses with ``has_account``: whether the person has a way into the product."""
    return rows.annotate(has_account=Exists(User.objects.filter(person_id=OuterRef("person"), is_active=True)))


def waiting_by_room(actor: Actor, row: Round) -> list[tuple[str, str, int]]:
    """Return (word for :func:`in_room`, title, how many have not answered) as :func:`by_room`; one query."""
    return by_room(awaited(asked_in(actor, row, "questionnaires.edit")))


def by_room(responses: QuerySet[Response]) -> list[tuple[str, str, int]]:
    """Return (word for :func:`in_room`, title, how many) of responses; one query.

    Classes by grade, then everybody else under an empty title.
    """
    found = Counter(with_rooms(responses).values_list("room", "room_title"))
    rooms = sorted(((key, title) for key, title in found if key), key=lambda each: _by_grade(each[1]))
    counted_rooms = [(str(key), title, found[key, title]) for key, title in rooms]
    others = found[None, None]
    return [*counted_rooms, (OTHERS, "", others)] if others else counted_rooms


def in_room(responses: QuerySet[Response], word: str) -> QuerySet[Response]:
    """Narrow responses to those of a class, or of people of none; an empty word leaves all.

    :raises ValueError: the word is neither an id nor the one for people of no class.
    """
    if not word:
        return responses
    rows = with_rooms(responses)
    return rows.filter(room__isnull=True) if word == OTHERS else rows.filter(room=UUID(word))


def other_side_of(actor: Actor, row: Round, people: Collection[UUID]) -> Round | None:
    """Return the open round that asks some of the same people the same as the other side, if there is one."""
    asked = responses_visible_to(actor, "questionnaires.edit").filter(round=OuterRef("pk"), person__in=list(people))
    rounds = rounds_visible_to(actor, "questionnaires.edit").filter(
        Exists(asked), template__kind=row.template.kind, form_code=row.form_code, closed_at__isnull=True
    )
    return rounds.exclude(template__role=row.template.role).first()


def _by_grade(title: str) -> tuple[int, str]:
    digits = "".join(takewhile(str.isdigit, title))
    return (int(digits) if digits else 99, title)


def sent_in(actor: Actor, row: Round) -> list[tuple[str, dict[str, Any]]]:
    """Return (full name, answers sent last) of those whose answers the actor may read, by name; one query."""
    rows = asked_in(actor, row).filter(submitted_at__isnull=False).select_related(None).select_related("person")
    return [(each.person.full_name, each.answers) for each in rows]


def people_for(row: Response) -> list[Person]:
    """Return whom the choices of people of a response offer; none without such a question."""
    template = row.round.template
    if not any(item["type"] == "people" for item in template.items):
        return []
    return [person for person in nameable_people(template.role) if person.pk != row.person_id]


def nameable_people(response_role: str) -> QuerySet[Person]:
    """Return whom a choice of people offers: those asked lately in the other role, and those in it in acting pairs."""
    other = "mentor" if response_role == "mentee" else "mentee"
    asked = Response.objects.filter(round__template__role=other, round__closed_at__isnull=True).values("person")
    submitted = Response.objects.filter(round__template__role=other, submitted_at__isnull=False).values("person")
    day = timezone.localdate()
    running = Pair.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day)).values(other)
    gone = Enrolment.objects.filter(person=OuterRef("pk"))
    here = gone.filter(enrolled_q(day))
    people = Person.objects.filter(Q(pk__in=asked) | Q(pk__in=submitted) | Q(pk__in=running), destroyed_at__isnull=True)
    return people.exclude(Exists(gone) & ~Exists(here)).order_by("folded_name", "pk")
