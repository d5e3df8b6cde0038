"""Consents of two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.consents.models import Consent
from schools.people.joining import register_join, repoint


def join_consents(kept: UUID, gone: UUID) -> None:
    """Re-point consents; of the same consent recorded twice the stricter terms hold: a withdrawal is never lost."""
    same = ("kind", "number", "given_on")
    for row, second in repoint(Consent.objects.all(), kept, gone, sides=("person_id",), same=same):
        row.withdrawn_on = min(filter(None, (row.withdrawn_on, second.withdrawn_on)), default=None)
        row.valid_until = min(filter(None, (row.valid_until, second.valid_until)), default=None)
        row.save(update_fields=["withdrawn_on", "valid_until"])
        second.delete()


def register() -> None:
    """Take care of consents in every merge."""
    register_join("consents", (Consent,), join_consents)
