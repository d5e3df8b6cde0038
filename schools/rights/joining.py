"""Requests about two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from core.audit.services import record
from schools.people.joining import register_join
from schools.rights.models import Destruction


def join_requests(kept: UUID, gone: UUID) -> None:
    """Let a waiting request speak of the card that stays; of two the one with the nearer end of its term goes on."""
    waiting = Destruction.objects.filter(person_id__in=(kept, gone), state=Destruction.State.OPEN)
    for later in list(waiting.order_by("due_on", "number"))[1:]:
        later.state, later.dropped_because = Destruction.State.DROPPED, Destruction.Dropped.MISTAKE
        later.closed_at = timezone.now()
        later.save(update_fields=["state", "dropped_because", "closed_at"])
        # Who merged stands in the row of the merge, written by the same request.
        record(
            actor="merge",
            action="rights.dropped",
            object_type="rights.destruction",
            object_id=later.pk,
            details={"number": later.number, "person": str(kept)},
        )
    Destruction.objects.filter(person_id=gone).update(person_id=kept)


def register() -> None:
    """Take care of requests in every merge."""
    register_join("rights", (Destruction,), join_requests)
