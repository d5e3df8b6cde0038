"""Pairs that run on though one of the two has left the school: listed with a last day, ended by one confirmation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from schools.pairs import policies
from schools.pairs.domain import EndCode
from schools.pairs.models import Pair
from schools.pairs.selectors import pairs_visible_to
from schools.pairs.substitutes import end_substitutes, ids_of_substitutes
from schools.people.errors import Fault, FaultyActError
from schools.people.leaving import Left, register_leaving
from schools.people.models import Enrolment, Person

_FAR = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class LeaversPair:
    """A pair with who of the two has left, and the last day that is proposed for it."""

    pair: Pair
    ends_on: date
    has_mentor_left: bool
    has_mentee_left: bool


def every_pair_of_leavers(actor: Actor) -> QuerySet[Pair]:
    """Return the pairs, the earliest leaving first, that reach beyond the day on which one of the two left.

    Who was never enrolled here has not left; whoever is enrolled in any way is here; a pair that began after the
    leaving was made with somebody from outside.

    :raises RefusedError: when the actor may not end pairs.
    """
    enforce(policies.may_edit_pairs(actor))
    rows: Any = _rows(actor).select_related("mentor", "mentee", "order")
    return cast("QuerySet[Pair]", rows.order_by("first_left", "mentee__folded_name", "pk"))


def left_by(pairs: QuerySet[Pair], day: date) -> QuerySet[Pair]:
    """Narrow pairs of :func:`every_pair_of_leavers` to those of which somebody is here no more on the day."""
    return cast("QuerySet[Pair]", cast("Any", pairs).filter(first_left__lte=day))


def proposed(pairs: Iterable[Pair]) -> list[LeaversPair]:
    """Return pairs of :func:`every_pair_of_leavers` with the last day proposed: the last day at school."""
    return [_proposed(pair) for pair in pairs]


@dataclass(frozen=True, slots=True)
class Ended:
    """How many pairs of leavers were ended, and the pairs of substitutes that ended with them."""

    ended: int
    ended_with: Sequence[Pair] = ()


def end_pairs_of_leavers(*, actor: Actor, pair_ids: Collection[UUID], reason: str) -> Ended:
    """End the chosen pairs, each on the last day proposed for it, and those of their substitutes. History stays.

    :raises FaultyActError: no reason, nothing chosen, or one of the pairs is not such a pair any more.
    :raises RefusedError: when the actor may not end pairs.
    """
    enforce(policies.may_edit_pairs(actor))
    reason = " ".join(reason.split())[:200]
    faults = []
    if not reason:
        faults.append(Fault("no_reason", _("Напишите, почему пары завершаются."), "reason"))
    if not pair_ids:
        faults.append(Fault("no_pairs", _("Отметьте хотя бы одну пару."), "pairs"))
    if faults:
        raise FaultyActError(*faults)
    with transaction.atomic():
        held = Pair.objects.filter(pk__in=pair_ids).order_by("pk").select_for_update(of=("self",))
        list(held.values_list("pk"))
        found = [_proposed(pair) for pair in _rows(actor).filter(pk__in=pair_ids)]
        if len(found) != len(set(pair_ids)):
            raise FaultyActError.of(
                "stale", _("Список изменился: часть пар уже завершена. Проверьте отметки."), "pairs"
            )
        for row in found:
            row.pair.ends_on, row.pair.end_reason, row.pair.end_code = row.ends_on, reason, EndCode.LEFT
            # What an order says of its end is a later day.
            row.pair.ended_by = None
        Pair.objects.bulk_update([row.pair for row in found], ["ends_on", "end_reason", "end_code", "ended_by"])
        # Those who were chosen themselves have ended by now, with the reason that was given.
        with_them = end_substitutes({row.pair.pk: row.ends_on for row in found})
        record(
            actor=actor,
            action="pairs.leavers_ended",
            details={"pairs": sorted(str(row.pair.pk) for row in found), **ids_of_substitutes(with_them)},
        )
        for row in found:
            announce("pair.ended", {"pair": row.pair.pk, "ends_on": row.ends_on})
    return Ended(len(found), with_them)


def tell_of_pairs(actor: Actor, person: Person) -> list[Left]:
    """Say how many pairs of somebody who has left run on; ending them takes a reason, so a person does it."""
    if not actor.has("pairs.edit"):
        is_in_one = Pair.objects.filter(is_of(person), Q(ends_on__isnull=True) | Q(ends_on__gte=timezone.localdate()))
        return [Left(_("Его пары завершит куратор."))] if is_in_one.exists() else []
    count = _rows(actor).filter(is_of(person)).count()
    words = _("Пары, которые осталось завершить: %(count)s.") % {"count": count}
    return [Left(words, "pairs:leavers")] if count else []


def is_of(person: Person) -> Q:
    """Return the condition «a pair of this person»."""
    return Q(mentor=person.pk) | Q(mentee=person.pk)


def register() -> None:
    """See to pairs of those who leave; what hangs on a pair ends with it."""
    register_leaving("pairs", (Pair,), tell_of_pairs)


def _rows(actor: Actor) -> QuerySet[Pair]:
    """Return the pairs, annotated with ``mentor_left``, ``mentee_left`` and the earlier of the two, ``first_left``."""
    rows = pairs_visible_to(actor, "pairs.edit").annotate(
        mentor_left=_left_on("mentor_id"), mentee_left=_left_on("mentee_id")
    )
    rows = rows.annotate(first_left=Least(Coalesce("mentor_left", _FAR), Coalesce("mentee_left", _FAR)))
    reaches_beyond = Q(ends_on__isnull=True) | Q(ends_on__gte=F("first_left"))
    return rows.filter(reaches_beyond, first_left__lt=_FAR, starts_on__lt=F("first_left"))


def _left_on(side: str) -> Subquery:
    """Return the expression «first day on which this one is not here any more»; NULL for who is here or never was."""
    mine = Enrolment.objects.filter(person=OuterRef(side)).order_by()
    open_ones = Enrolment.objects.filter(person=OuterRef("person"), left_on__isnull=True)
    last = mine.filter(~Exists(open_ones)).values("person").annotate(last=Max("left_on")).values("last")
    return Subquery(last)


def _proposed(pair: Pair) -> LeaversPair:
    first: date = pair.first_left  # type: ignore[attr-defined]
    return LeaversPair(
        pair=pair,
        ends_on=first - timedelta(days=1),
        has_mentor_left=pair.mentor_left is not None,  # type: ignore[attr-defined]
        has_mentee_left=pair.mentee_left is not None,  # type: ignore[attr-defined]
    )
