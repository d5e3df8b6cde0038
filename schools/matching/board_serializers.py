"""What the API reads and shows of runs and boards."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from schools.matching.models import Run
from schools.matching.words import failure_in_words, proof_in_words
from schools.people.serializers import PersonInList


class RunBody(serializers.Serializer[Any]):
    """How a run is to choose."""

    mode = serializers.ChoiceField(choices=Run.Mode.choices, required=False, default=Run.Mode.OPTIMAL.value)


class RunAnswer(serializers.Serializer[Run]):
    """A run: how far it is, and when it is done what was proven of it."""

    id = serializers.UUIDField()
    mode = serializers.ChoiceField(choices=Run.Mode.choices)
    state = serializers.ChoiceField(choices=Run.State.choices)
    asked_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    progress_done = serializers.IntegerField()
    progress_total = serializers.IntegerField()
    covered = serializers.SerializerMethodField(help_text=_("Наставляемых с наставником."))
    proven = serializers.SerializerMethodField(help_text=_("Что подтвердила отдельная проверка, предложениями."))
    failure = serializers.SerializerMethodField()

    def get_covered(self, row: Run) -> int | None:
        """Return how many mentees have a mentor; null until it is done."""
        return row.result["objective"][0] if row.result else None

    def get_proven(self, row: Run) -> list[str]:
        """Return what is proven."""
        return proof_in_words(row)

    def get_failure(self, row: Run) -> str:
        """Return why it failed; empty otherwise."""
        return failure_in_words(row) if row.failure else ""


class PairViewAnswer(serializers.Serializer[Any]):
    """Two people seen together."""

    fit = serializers.IntegerField(help_text=_("Соответствие, из 100."))
    reasons = serializers.ListField(child=serializers.CharField())
    forbidden = serializers.ListField(child=serializers.CharField(), help_text=_("Правила, которые запрещают пару."))
    warnings = serializers.ListField(child=serializers.CharField())


class BoardRowAnswer(serializers.Serializer[Any]):
    """A mentee's row of the board."""

    candidate = serializers.UUIDField(source="candidate.id")
    person = PersonInList(source="candidate.person")
    mentor = serializers.UUIDField(
        source="mentor.id", allow_null=True, default=None, help_text=_("Участник-наставник.")
    )
    is_locked = serializers.BooleanField(source="candidate.is_locked")
    changed_version = serializers.IntegerField(source="candidate.changed_version")
    pair = PairViewAnswer(allow_null=True)
    unmatched = serializers.ListField(child=serializers.CharField(), help_text=_("Почему наставника нет."))


class MentorChoice(serializers.Serializer[Any]):
    """A mentor beside a mentee: how they fit, and why it is not he."""

    candidate = serializers.UUIDField()
    person = PersonInList()
    pair = PairViewAnswer()
    taken = serializers.IntegerField()
    places = serializers.IntegerField()
    why_not = serializers.ListField(child=serializers.CharField())


class PlaceBody(serializers.Serializer[Any]):
    """A change of the board by hand."""

    mentor = serializers.UUIDField(allow_null=True, help_text=_("Участник-наставник; null – снять пару."))
    version = serializers.IntegerField(min_value=1, max_value=10**9, help_text=_("Версия доски, которую вы видели."))
    is_locked = serializers.BooleanField(required=False, default=False)
    instead_of = serializers.UUIDField(required=False, allow_null=True, default=None)


class PlacedAnswer(serializers.Serializer[Any]):
    """What a change by hand was warned about, and the version of the board now."""

    warnings = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField()


class BanBody(serializers.Serializer[Any]):
    """A pair to rule out or to allow again."""

    mentor = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1, max_value=10**9)
    is_banned = serializers.BooleanField()
