"""Pairs of two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from schools.pairs.beside import move_everything
from schools.pairs.domain import Outcome
from schools.pairs.models import Pair, PartnerRequest
from schools.pairs.substitutes import end_substitutes
from schools.people.errors import FaultyActError
from schools.people.joining import register_join, repoint


def join_pairs(kept: UUID, gone: UUID) -> None:
    """Re-point pairs; of the same pair recorded twice the one under the earlier order stays.

    :raises FaultyActError: the two are in a pair with each other, so they cannot be one person.
    """
    both = (kept, gone)
    if Pair.objects.filter(Q(mentor__in=both) & Q(mentee__in=both)).exists():
        sentence = _("Эти двое состоят в паре друг с другом: это разные люди, или пара записана неверно.")
        raise FaultyActError.of("own_mentor", sentence)
    sides = ("mentor_id", "mentee_id")
    pairs = Pair.objects.select_related("order")
    for row, second in repoint(pairs, kept, gone, sides=sides, same=(*sides, "form_code", "starts_on")):
        # The row that has the id of the kept card stays, under the order that made the pair effective first.
        if _effective_since(second) < _effective_since(row):
            row.order = second.order
        if row.ends_on is None:
            row.ends_on, row.end_reason, row.end_code = second.ends_on, second.end_reason, second.end_code
            row.ended_by_id = second.ended_by_id
        row.save(update_fields=["order", "ends_on", "end_reason", "end_code", "ended_by"])
        _move_requests(row, second)
        Pair.objects.filter(replaces=second).update(replaces=row)
        if row.ends_on is not None:
            end_substitutes({row.pk: row.ends_on})
        move_everything(row, second)
        second.delete()


def _move_requests(kept: Pair, gone: Pair) -> None:
    """Give the requests of one row to the other; of two that wait by the same person the later goes on."""
    waiting = {row.asked_by: row for row in PartnerRequest.objects.filter(pair=kept, outcome="")}
    for row in PartnerRequest.objects.filter(pair=gone).select_for_update():
        other = waiting.get(row.asked_by) if not row.outcome else None
        if other is not None:
            earlier = min(other, row, key=lambda each: each.asked_at)
            earlier.outcome, earlier.settled_at = Outcome.WITHDRAWN, timezone.now()
            earlier.save(update_fields=["outcome", "settled_at"])
        row.pair = kept
        row.save(update_fields=["pair"])


def _effective_since(pair: Pair) -> tuple[bool, object]:
    """Sort pairs by the date of a full order; those without one come last."""
    order = pair.order
    return (order is None or not order.is_complete, order.signed_on if order and order.is_complete else None)


def register() -> None:
    """Take care of pairs in every merge."""
    register_join("pairs", (Pair,), join_pairs)
