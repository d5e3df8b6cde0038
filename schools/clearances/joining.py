"""Papers on two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.clearances.models import Clearance
from schools.people.joining import register_join, repoint


def join_clearances(kept: UUID, gone: UUID) -> None:
    """Re-point papers; of the same paper recorded twice the stricter days hold: an end is never lost."""
    same = ("kind", "number", "issued_on")
    for row, second in repoint(Clearance.objects.all(), kept, gone, sides=("person_id",), same=same):
        if second.withdrawn_on is not None and (row.withdrawn_on is None or second.withdrawn_on < row.withdrawn_on):
            row.withdrawn_on, row.withdrawn_why = second.withdrawn_on, second.withdrawn_why
        row.valid_until = min(filter(None, (row.valid_until, second.valid_until)), default=None)
        row.issuer = row.issuer or second.issuer
        row.history = sorted([*row.history, *second.history], key=lambda told: str(told["at"]))
        row.save(update_fields=["withdrawn_on", "withdrawn_why", "valid_until", "issuer", "history"])
        second.delete()


def register() -> None:
    """Take care of papers in every merge."""
    register_join("clearances", (Clearance,), join_clearances)
