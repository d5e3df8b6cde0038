"""Concerns of one of two cards that are one person's, or of a pair that was recorded twice."""

from __future__ import annotations

from uuid import UUID

from schools.pairs.models import Pair
from schools.participants.models import Concern
from schools.people.joining import register_join


def join_concerns(kept: UUID, gone: UUID) -> None:
    """Give the concerns about the card that goes to the one that stays."""
    Concern.objects.filter(person=gone).update(person=kept)


def move_concerns(kept: Pair, gone: Pair) -> None:
    """Give the concerns about a pair that was recorded twice to the row that stays."""
    Concern.objects.filter(pair=gone).update(pair=kept)


def has_concerns(pair: Pair) -> bool:
    """Tell whether there is a concern about a pair."""
    return Concern.objects.filter(pair=pair).exists()


def register() -> None:
    """Take care of concerns in every merge of cards."""
    register_join("participants", (Concern,), join_concerns)
