"""What the API reads and shows of mergers in the region."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day
from tenants.mergers.models import Merger, MergerStep
from tenants.mergers.words import counts_taken


class MergerBody(serializers.Serializer[Any]):
    """Which school becomes a part of which."""

    from_id = serializers.UUIDField(help_text=_("Школа, которая присоединяется."))
    to_id = serializers.UUIDField(help_text=_("Школа, которая принимает."))
    day = Day(help_text=_("С этого дня школа одна."))
    basis = serializers.CharField(max_length=300, help_text=_("Решение учредителя, без имён."))


class StepAnswer(serializers.Serializer[MergerStep]):
    """A step that one of the schools has taken."""

    kind = serializers.ChoiceField(choices=MergerStep.Kind.choices)
    at = serializers.DateTimeField()
    is_of_taking_school = serializers.SerializerMethodField()

    def get_is_of_taking_school(self, step: MergerStep) -> bool:
        """Tell which of the two schools took the step."""
        return bool(step.school_schema == step.merger.to_schema)


class MergerAnswer(serializers.Serializer[Merger]):
    """A merger; nothing here tells of people but how many."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Merger.State.choices)
    from_code = serializers.CharField()
    from_title = serializers.CharField()
    to_title = serializers.CharField()
    day = serializers.DateField()
    basis = serializers.CharField()
    asked_at = serializers.DateTimeField()
    began_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    steps = StepAnswer(many=True, source="steps.all")
    taken = serializers.SerializerMethodField(help_text=_("Сколько чего принято; пусто до этого."))

    def get_taken(self, merger: Merger) -> dict[str, int]:
        """Return the counts of what was taken over."""
        return dict(counts_taken(merger))
