"""What the API reads and shows of training of mentors."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day, Version
from schools.people.editions import edition_of
from schools.training.models import Training
from schools.training.services import MOST_HOURS, training_values


class TrainingAnswer(serializers.Serializer[Training]):
    """A training that was noted."""

    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")
    title = serializers.CharField()
    begun_on = serializers.DateField(allow_null=True)
    finished_on = serializers.DateField()
    hours = serializers.IntegerField(allow_null=True)
    document = serializers.CharField()
    noted_at = serializers.DateTimeField()
    struck_at = serializers.DateTimeField(allow_null=True, help_text=_("Вычеркнутое не учитывается."))
    struck_why = serializers.CharField()
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда исправляете запись."))

    def get_version(self, row: Training) -> str:
        """Return the edition of what stands in the record."""
        return edition_of(training_values(row))


class PersonTrainingAnswer(serializers.Serializer[Any]):
    """The training of a person, the latest first, what was struck out at the end."""

    person = serializers.UUIDField(source="person.pk")
    full_name = serializers.CharField(source="person.full_name")
    is_trained = serializers.BooleanField()
    training = TrainingAnswer(many=True)


class TrainingBody(serializers.Serializer[Any]):
    """A training that was finished."""

    title = serializers.CharField(max_length=200)
    finished_on = Day()
    begun_on = Day(required=False, allow_null=True, default=None)
    hours = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1, max_value=MOST_HOURS)
    document = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class TrainingCorrection(TrainingBody):
    """The same, mended."""

    version = Version()


class TrainingStrikeBody(serializers.Serializer[Any]):
    """Why a record is struck out."""

    reason = serializers.CharField(max_length=200)
