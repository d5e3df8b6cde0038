"""A substitute goes with the pair whose mentor he stands in for: when that one ends, so does his."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from core.events.catalogue import announce
from schools.pairs.beside import has_records
from schools.pairs.domain import EndCode
from schools.pairs.models import Pair
from schools.pairs.selectors import HAS_FULL_ORDER
from schools.people.errors import Fault


def ending_with(last_days: Mapping[UUID, date]) -> list[tuple[Pair, bool]]:
    """Return the pairs of substitutes that reach beyond the pairs for which they stand in, with their new last days.

    Held until the transaction ends, and not saved; those of a substitute's own substitute are among them. Beside each,
    whether it has begun by then: a pair has one day at least, so one that begins later ends on its first.

    :param last_days: the last day of each pair that ends, by its id.
    """
    found, days, seen = list[tuple[Pair, bool]](), dict(last_days), set[UUID]()
    while days:
        rows = Pair.objects.filter(is_substitute=True, replaces__in=days).exclude(pk__in=seen).order_by("pk")
        following = {}
        for row in rows.select_for_update(of=("self",)):
            last = days[UUID(str(row.replaces_id))]
            following[row.pk] = last if row.ends_on is None else min(last, row.ends_on)
            ends_on = max(last, row.starts_on)
            if row.ends_on is None or row.ends_on > ends_on:
                row.ends_on, row.end_code, row.ended_by = ends_on, EndCode.OTHER, None
                row.end_reason = _("Завершена пара, в которой замещали наставника")
                found.append((row, row.starts_on <= last))
        seen |= following.keys()
        days = following
    return found


def end_substitutes(last_days: Mapping[UUID, date]) -> list[Pair]:
    """End the pairs of substitutes with those for which they stand in; return them.

    A draft that was yet to begin, and on which nothing stands, is deleted: nobody is left to stand in for. The caller
    holds the pairs that end and records the act.

    :param last_days: as of :func:`ending_with`.
    """
    ending = ending_with(last_days)
    never = {row.pk for row, has_begun in ending if not has_begun and _can_go(row)}
    kept = [row for row, _has_begun in ending if row.pk not in never]
    Pair.objects.filter(pk__in=never).delete()
    if kept:
        Pair.objects.bulk_update(kept, ["ends_on", "end_reason", "end_code", "ended_by"])
    for row in kept:
        announce("pair.ended", {"pair": row.pk, "ends_on": row.ends_on})
    return [row for row, _has_begun in ending]


def _can_go(row: Pair) -> bool:
    is_draft = row.order is None or not row.order.is_complete
    return is_draft and not has_records(row)


def ids_of_substitutes(ended: Sequence[Pair]) -> dict[str, list[str]]:
    """Return what the audit keeps of pairs that ended with others; nothing without any."""
    return {"substitutes": sorted(str(row.pk) for row in ended)} if ended else {}


def faults_beyond(pair: Pair, ends_on: date | None) -> list[Fault]:
    """Refuse days on which a substitute would go on after the pair for which he stands in."""
    former = pair.replaces if pair.is_substitute else None
    if former is None or former.ends_on is None:
        return []
    last = max(former.ends_on, pair.starts_on)
    if ends_on is not None and ends_on <= last:
        return []
    sentence = _("Замещать можно не дольше, чем действует пара: её последний день %(day)s.")
    return [Fault("beyond", sentence % {"day": f"{former.ends_on:%d.%m.%Y}"}, "ends_on")]


def faults_of_successor(pair: Pair, ends_on: date | None) -> list[Fault]:
    """Refuse days by which a pair would go on beside the one that came in its place."""
    came = Q(replaces=pair, is_substitute=False)
    if pair.is_substitute and pair.end_code == EndCode.MENTOR_CHANGED:
        # One substitute after another: both stand in for the same mentor.
        came |= Q(replaces=pair.replaces_id, is_substitute=True, starts_on__gt=pair.ends_on)
    later = Pair.objects.filter(came).order_by("starts_on", "pk").first()
    if later is None or (ends_on is not None and ends_on < later.starts_on):
        return []
    sentence = _(
        "Эту пару сменила другая, с %(day)s: последний день должен быть раньше. Если смена записана по ошибке, сначала "
        "удалите новую пару."
    )
    return [Fault("replaced", sentence % {"day": f"{later.starts_on:%d.%m.%Y}"}, "ends_on")]


def substitutes_of(pair: Pair, day: date) -> QuerySet[Pair]:
    """Return the pairs of those who stand in for the mentor of a granted pair on a day or later, with their mentors."""
    running = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    rows = Pair.objects.filter(running, replaces=pair, is_substitute=True).select_related("mentor")
    return rows.order_by("starts_on", "pk")


def stood_in_since(first: date, day: date) -> QuerySet[Pair]:
    """Return, for a subquery over pairs, those who stood in for a pair's mentor on any day from ``first`` to ``day``.

    As everywhere, a substitute is one from his order's date on.
    """
    lasts = Q(ends_on__isnull=True) | Q(ends_on__gte=Greatest(F("order__signed_on"), first))
    begun = Q(starts_on__lte=day, order__signed_on__lte=day)
    return Pair.objects.filter(HAS_FULL_ORDER, begun, lasts, replaces=OuterRef("pk"), is_substitute=True)


def with_substitutes(said: str, ended: Sequence[Pair]) -> str:
    """Return what is said of an act, with a sentence about the pairs of substitutes that ended by it, if any did."""
    if not ended:
        return said
    if len(ended) == 1:
        words = _("Завершена и пара с замещающим наставником: %(name)s.")
        return f"{said} {words % {'name': ended[0].mentor.full_name}}"
    words = _("Завершены и пары с замещающими наставниками: %(n)s.")
    return f"{said} {words % {'n': len(ended)}}"
