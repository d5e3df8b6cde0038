"""Imports that speak of two cards which are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.imports.models import ImportJob
from schools.people.joining import register_join


def join_named(kept: UUID, gone: UUID) -> None:
    """Let imports name the person by the card that stays: their report counts distinct people."""
    for job in ImportJob.objects.filter(state=ImportJob.State.DONE).only("named").select_for_update():
        people = [tuple(item) for item in job.named.get("people", ())]
        if any(person == str(gone) for person, _kind in people):
            renamed = {(str(kept) if person == str(gone) else person, kind) for person, kind in people}
            job.named = {**job.named, "people": sorted(map(list, renamed))}
            job.save(update_fields=["named"])


def register() -> None:
    """Take care of imports in every merge."""
    register_join("imports", (), join_named)
