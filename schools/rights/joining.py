"""Requests about two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.people.joining import register_join
from schools.rights.models import Destruction


def join_requests(kept: UUID, gone: UUID) -> None:
    """Let a waiting request speak of the card that stays; of two the one with the nearer end of its term goes on."""
    waiting = Destruction.objects.filter(person_id__in=(kept, gone), state=Destruction.State.OPEN)
    for later in list(waiting.order_by("due_on", "number"))[1:]:
        later.state, later.dropped_because = Destruction.State.DROPPED, Destruction.Dropped.MISTAKE
        later.save(update_fields=["state", "dropped_because"])
    Destruction.objects.filter(person_id=gone).update(person_id=kept)


def register() -> None:
    """Take care of requests in every merge."""
    register_join("rights", (Destruction,), join_requests)
