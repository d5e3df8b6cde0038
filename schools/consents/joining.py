"""Consents of two cards that are found to be one person's."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from schools.consents.models import Consent
from schools.people.joining import register_join, repoint

Move = Callable[[Consent, Consent], None]
_moves: list[Move] = []


def register_move(move: Move) -> None:
    """Have what belongs to a consent moved when it was recorded twice: from the second row to the first."""
    _moves.append(move)


def join_consents(kept: UUID, gone: UUID) -> None:
    """Re-point consents; of the same consent recorded twice the stricter terms hold: a withdrawal is never lost."""
    same = ("kind", "number", "given_on")
    for row, second in repoint(Consent.objects.all(), kept, gone, sides=("person_id",), same=same):
        row.withdrawn_on = min(filter(None, (row.withdrawn_on, second.withdrawn_on)), default=None)
        row.is_withdrawn_own = row.is_withdrawn_own or second.is_withdrawn_own
        row.valid_until = min(filter(None, (row.valid_until, second.valid_until)), default=None)
        row.save(update_fields=["withdrawn_on", "is_withdrawn_own", "valid_until"])
        for move in _moves:
            move(row, second)
        second.delete()


def register() -> None:
    """Take care of consents in every merge."""
    register_join("consents", (Consent,), join_consents)
