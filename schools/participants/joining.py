"""Concerns of one of two cards that are one person's, or of a pair that was recorded twice."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from schools.pairs.models import Pair
from schools.participants.models import Concern
from schools.people.joining import register_join


def join_concerns(kept: UUID, gone: UUID) -> None:
    """Give the concerns about the card that goes to the one that stays."""
    Concern.objects.filter(person=gone).update(person=kept)


def move_concerns(kept: Pair, gone: Pair) -> None:
    """Give the concerns about a pair that was recorded twice to the row that stays."""
    Concern.objects.filter(pair=gone).update(pair=kept)


def why_it_stays(pair: Pair) -> str:
    """Return why a draft of a pair cannot be deleted, or nothing; its reader may not know of the concern itself."""
    return _("О паре есть записи: её можно только завершить.") if Concern.objects.filter(pair=pair).exists() else ""


def register() -> None:
    """Take care of concerns in every merge of cards."""
    register_join("participants", (Concern,), join_concerns)
