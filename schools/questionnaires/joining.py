"""Answers of two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.people.joining import register_join, repoint
from schools.questionnaires.models import Response


def join_responses(kept: UUID, gone: UUID) -> None:
    """Re-point responses; of two to the same question the one that was submitted, and later, stays."""
    same = ("round_id", "person_id", "pair_id")
    for row, second in repoint(Response.objects.all(), kept, gone, sides=("person_id",), same=same):
        columns = ("state", "answers", "draft", "channel", "filled_by", "revision", "saved_at", "submitted_at")
        if _last(second) > _last(row):
            for name in columns:
                setattr(row, name, getattr(second, name))
            row.save(update_fields=columns)
        second.delete()


def _last(row: Response) -> tuple[bool, str, str]:
    """Sort responses: submitted before begun, then by time."""
    times = [value.isoformat() if value else "" for value in (row.submitted_at, row.saved_at)]
    return (row.submitted_at is not None, times[0], times[1])


def register() -> None:
    """Take care of responses in every merge."""
    register_join("questionnaires", (Response,), join_responses)
