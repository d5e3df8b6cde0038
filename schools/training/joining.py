"""Training on two cards that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.people.joining import register_join, repoint
from schools.training.models import Training


def join_training(kept: UUID, gone: UUID) -> None:
    """Re-point training; of the same noted twice one stays, with what the other knows besides."""
    same = ("title", "finished_on", "struck_at")
    for row, second in repoint(Training.objects.all(), kept, gone, sides=("person_id",), same=same):
        row.hours, row.begun_on = row.hours or second.hours, row.begun_on or second.begun_on
        row.document = row.document or second.document
        row.history = sorted([*row.history, *second.history], key=lambda told: str(told["at"]))
        row.save(update_fields=["hours", "begun_on", "document", "history"])
        second.delete()


def register() -> None:
    """Take care of training in every merge."""
    register_join("training", (Training,), join_training)
