"""Pairs of two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from schools.pairs.beside import move_everything
from schools.pairs.models import Pair
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
            row.ends_on, row.end_reason = second.ends_on, second.end_reason
        row.save(update_fields=["order", "ends_on", "end_reason"])
        Pair.objects.filter(replaces=second).update(replaces=row)
        move_everything(row, second)
        second.delete()


def _effective_since(pair: Pair) -> tuple[bool, object]:
    """Sort pairs by the date of a full order; those without one come last."""
    order = pair.order
    return (order is None or not order.is_complete, order.signed_on if order and order.is_complete else None)


def register() -> None:
    """Take care of pairs in every merge."""
    register_join("pairs", (Pair,), join_pairs)
