"""Reads about pairs and orders; each takes the actor."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone

from core.authz import Actor, enforce
from schools.consents.selectors import deciding_kinds, has_consent, has_withdrawn_taking_part
from schools.pairs.domain import PairState
from schools.pairs.models import Order, Pair
from schools.people.models import Enrolment, Person
from schools.people.selectors import enrolled_q, named, own_classes, represented_by, with_enrolments

# Nobody signs an order about what ended longer ago.
_REMEMBERED = timedelta(days=366)
HAS_FULL_ORDER = Q(order__isnull=False, order__signed_on__isnull=False) & ~Q(order__number="")


def pairs_visible_to(actor: Actor, permission: str = "pairs.view") -> QuerySet[Pair]:
    """Return the pairs on which the actor carries a permission.

    A curator: pairs of his forms. A class teacher: pairs in which somebody is enrolled in his classes today.
    """
    reach = actor.reach(permission)
    if reach.everything:
        return Pair.objects.all()
    conditions = Q(pk__in=())
    if forms := reach.values("form"):
        conditions |= Q(form_code__in=forms)
    if classes := own_classes(reach):
        mine = Enrolment.objects.filter(enrolled_q(timezone.localdate()), school_class__in=classes).values("person")
        conditions |= Q(mentor__in=mine) | Q(mentee__in=mine)
    return Pair.objects.filter(conditions)


def own_pairs(actor: Actor) -> QuerySet[Pair]:
    """Return the pairs of the actor himself and of his children under 18; nobody's for those who take no part."""
    if not actor.reach("participation.view").own or actor.person_id is None:
        return Pair.objects.none()
    children = represented_by(actor=actor).values("pk")
    mine = Q(mentor=actor.person_id) | Q(mentee=actor.person_id)
    return Pair.objects.filter(mine | Q(mentor__in=children) | Q(mentee__in=children))


def pair_for(*, actor: Actor, pair_id: UUID, permission: str = "pairs.view", lock: bool = False) -> Pair:
    """Return one pair; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such pair among those on which the actor carries the permission.
    """
    rows = pairs_visible_to(actor, permission)
    # A lock without joins: whoever waited for it would get the new pair beside what it used to refer to.
    related = ("mentor", "mentee", "order", "group")
    rows = rows.select_for_update(of=("self",)) if lock else rows.select_related(*related)
    pair = rows.filter(pk=pair_id).first()
    if pair is None:
        raise Http404
    return pair


def with_state(pairs: QuerySet[Pair], day: date, kinds: Collection[str] | None = None) -> QuerySet[Pair]:
    """Annotate pairs with ``state`` (a value of ``PairState``) and how the consents of each of the two stand.

    ``mentor_consents``, ``mentee_consents``: one that decides counting is in force; ``kinds`` are the codes of those
    kinds, looked up when not given. ``mentor_withdrew``, ``mentee_withdrew``: it was taken back that he takes part.
    """
    deciding = deciding_kinds() if kinds is None else kinds
    both = Q(mentor_consents=True, mentee_consents=True, mentor_withdrew=False, mentee_withdrew=False)
    state = Case(
        When(ends_on__lt=day, then=Value(PairState.ENDED)),
        When(~HAS_FULL_ORDER & ~both, then=Value(PairState.AWAITS_CONSENT)),
        When(~HAS_FULL_ORDER, then=Value(PairState.AWAITS_ORDER)),
        When(Q(starts_on__gt=day) | Q(order__signed_on__gt=day), then=Value(PairState.NOT_YET)),
        default=Value(PairState.ACTING),
        output_field=CharField(),
    )
    return pairs.annotate(
        mentor_consents=has_consent(day, deciding, "mentor_id"),
        mentee_consents=has_consent(day, deciding, "mentee_id"),
        mentor_withdrew=has_withdrawn_taking_part(day, "mentor_id"),
        mentee_withdrew=has_withdrawn_taking_part(day, "mentee_id"),
    ).annotate(state=state)


def acting_q(day: date) -> Q:
    """Return the condition «acting on the day» on pairs: ordered by then, first and last day include it."""
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    return HAS_FULL_ORDER & Q(order__signed_on__lte=day, starts_on__lte=day) & going_on


def mentors_on(day: date) -> QuerySet[Pair, Any]:
    """Return the ids of the mentors of pairs that have not ended by the day, drafts included."""
    return Pair.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day)).values("mentor")


def drafts(actor: Actor) -> QuerySet[Pair]:
    """Return the pairs the actor sees that have no order with number and date yet and have not ended."""
    day = timezone.localdate()
    rows = pairs_visible_to(actor).filter(~HAS_FULL_ORDER)
    return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


def endings_to_order(actor: Actor) -> QuerySet[Pair]:
    """Return the ordered pairs the actor sees whose end, of the last twelve months, no order has put on paper yet.

    That is an end somebody recorded: with a reason; of a pair that runs out on the day it was made for nothing changes.
    An order that was cancelled has nothing left to be changed.
    """
    since = timezone.localdate() - _REMEMBERED
    rows = pairs_visible_to(actor).filter(HAS_FULL_ORDER, ended_by__isnull=True, ends_on__gte=since)
    return rows.filter(order__cancelled_by__isnull=True).exclude(end_code="")


def changes_mentor() -> Q:
    """Return the condition «takes the place of a pair with another mentor» on pairs."""
    return Q(replaces__isnull=False) & ~Q(mentor=F("replaces__mentor"))


def pairs_named(pairs: QuerySet[Pair], typed: str) -> QuerySet[Pair]:
    """Narrow pairs to those in which one of the two is named so; case, ё and е, and spaces are forgiven."""
    if not typed.strip():
        return pairs
    found = named(Person.objects.all(), typed).values("pk")
    return pairs.filter(Q(mentor__in=found) | Q(mentee__in=found))


def is_in_pair(day: date, *, is_acting: bool = True, person: str = "pk") -> Exists:
    """Return the expression «stands in an acting pair» (or in a draft) for rows that reach a person by ``person``."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    condition = acting_q(day) if is_acting else ~HAS_FULL_ORDER & still
    rows = Pair.objects.filter(Q(mentor=OuterRef(person)) | Q(mentee=OuterRef(person)), condition)
    return Exists(rows)


def pairs_of(actor: Actor, person: Person, day: date) -> list[Pair]:
    """Return the pairs of a person that the actor sees, with states, the latest first."""
    mine = pairs_visible_to(actor).filter(Q(mentor=person.pk) | Q(mentee=person.pk))
    rows = mine.select_related("mentor", "mentee", "order")
    return list(with_state(rows, day).order_by("-starts_on", "pk"))


def others_of_group(actor: Actor, pair: Pair) -> list[Pair]:
    """Return the other pairs of the same group that the actor sees, by the mentee's name; none without a group."""
    if pair.group_id is None:
        return []
    rows = pairs_visible_to(actor).filter(group=pair.group_id).exclude(pk=pair.pk)
    return list(rows.select_related("mentee", "order").order_by("mentee__folded_name", "pk"))


def successors_of(pair: Pair) -> list[Pair]:
    """Return the pairs that came in the place of a granted one, or stand in for its mentor, the earliest first."""
    return list(Pair.objects.filter(replaces=pair).select_related("mentor").order_by("starts_on", "pk"))


def unpaired_mentees(*, actor: Actor, typed: str = "", class_id: UUID | None = None) -> QuerySet[Person]:
    """Return the pupils enrolled today who stand as mentees in no pair, acting or draft; by name and class if asked.

    :raises RefusedError: when the actor may not.
    """
    enforce(actor.has("pairs.unpaired_view"))
    day = timezone.localdate()
    places = Enrolment.objects.filter(enrolled_q(day), kind="pupil")
    pupils = (places.filter(school_class=UUID(str(class_id))) if class_id else places).values("person")
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    paired = Pair.objects.filter(going_on).values("mentee")
    rows = named(Person.objects.filter(pk__in=pupils).exclude(pk__in=paired), typed)
    return with_enrolments(rows).order_by("folded_name", "pk")


def orders_visible_to(actor: Actor) -> QuerySet[Order]:
    """Return the school's orders with the number of their pairs, the latest first; none to who may not see them."""
    if not actor.reach("orders.view"):
        return Order.objects.none()
    rows = Order.objects.select_related("cancels", "cancelled_by")
    return rows.annotate(pairs_count=Count("pairs")).order_by("-signed_on", "-created_at")


def order_for(*, actor: Actor, order_id: UUID) -> Order:
    """Return one order.

    :raises Http404: no such order, or the actor sees none.
    """
    order = orders_visible_to(actor).filter(pk=order_id).first()
    if order is None:
        raise Http404
    return order


def with_people(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """Load mentors and mentees with their kinds and enrolments, orders and groups, in a constant number of queries."""
    people = with_enrolments(Person.objects.all())
    return pairs.select_related("order__cancelled_by", "group").prefetch_related(
        Prefetch("mentor", queryset=people), Prefetch("mentee", queryset=people)
    )


def pairs_in_class(pairs: QuerySet[Pair], room: UUID, day: date) -> QuerySet[Pair]:
    """Narrow pairs to those in which somebody is enrolled in a class on the day."""
    there = Enrolment.objects.filter(enrolled_q(day), school_class=room).values("person")
    return pairs.filter(Q(mentor__in=there) | Q(mentee__in=there))


def count_by_state(pairs: QuerySet[Pair]) -> dict[str, int]:
    """Return how many of the pairs (annotated by ``with_state``) are in each state; states without any are left out."""
    rows = pairs.order_by().values_list("state").annotate(count=Count("pk"))  # type: ignore[misc]
    return {str(state): count for state, count in rows}


def in_states(pairs: QuerySet[Pair], states: Collection[PairState]) -> QuerySet[Pair]:
    """Narrow pairs annotated by ``with_state`` to those in one of the states; all of them for no states."""
    return pairs.filter(state__in=states) if states else pairs  # type: ignore[misc]


def unconsented(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """Narrow pairs annotated by ``with_state`` to those that have not ended and lack somebody's consent."""
    lacking = Q(mentor_consents=False) | Q(mentee_consents=False)
    return pairs.filter(lacking).exclude(state=PairState.ENDED)  # type: ignore[misc]


def withdrawn_from(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """Narrow pairs annotated by ``with_state`` to those that have not ended in which somebody takes part no more."""
    taken_back = Q(mentor_withdrew=True) | Q(mentee_withdrew=True)
    return pairs.filter(taken_back).exclude(state=PairState.ENDED)  # type: ignore[misc]
