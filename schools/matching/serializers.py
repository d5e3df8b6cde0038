"""What the API reads and shows of rounds, candidates and boards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day, Ids, Version
from schools.matching.discretion import seen_list
from schools.matching.editions import candidate_values, round_values
from schools.matching.models import Candidate, Round
from schools.people.editions import edition_of
from schools.people.serializers import PersonInList

AGES: dict[str, Any] = {"min_value": 0, "max_value": 100, "required": False, "allow_null": True, "default": None}


class RoundAnswer(serializers.Serializer[Round]):
    """A round with what is counted in it."""

    id = serializers.UUIDField()
    form_code = serializers.CharField()
    title = serializers.CharField()
    meeting_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=Round.State.choices)
    version = serializers.IntegerField(help_text=_("Версия доски: растёт с каждым изменением."))
    mentees = serializers.IntegerField()
    mentors = serializers.IntegerField()
    matched = serializers.IntegerField(help_text=_("Наставляемых, у которых на доске есть пара."))
    edition = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете название или день."))

    def get_edition(self, row: Round) -> str:
        """Return the edition of title and day; ``version`` is the board's."""
        return edition_of(round_values(row))


class RoundBody(serializers.Serializer[Any]):
    """A new round."""

    form_code = serializers.SlugField(max_length=60)
    title = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    meeting_on = Day(required=False, allow_null=True, default=None)


class RoundChangeBody(serializers.Serializer[Any]):
    """Title and day of a round."""

    title = serializers.CharField(max_length=160)
    meeting_on = Day(required=False, allow_null=True, default=None)
    edition = Version()


class RoundCandidatesQuery(serializers.Serializer[Any]):
    """Of which side; both when none is named."""

    side = serializers.ChoiceField(choices=Candidate.Side.choices, required=False)


class RoundCandidateAnswer(serializers.Serializer[Candidate]):
    """A candidate; his person is loaded with enrolments and kinds."""

    id = serializers.UUIDField()
    person = PersonInList()
    side = serializers.ChoiceField(choices=Candidate.Side.choices)
    number = serializers.IntegerField(help_text=_("Номер на групповой встрече."))
    capacity = serializers.IntegerField()
    age_from = serializers.IntegerField(source="wishes.age_from", allow_null=True, default=None)
    age_to = serializers.IntegerField(source="wishes.age_to", allow_null=True, default=None)
    preferences = serializers.SerializerMethodField(help_text=_("Участники другой стороны, сначала самый желанный."))
    vetoes = serializers.SerializerMethodField()
    has_consent = serializers.BooleanField(source="consented")
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете пожелания."))

    def get_version(self, row: Candidate) -> str:
        """Return the edition of what he wishes."""
        return edition_of(candidate_values(row))

    def get_preferences(self, row: Candidate) -> list[UUID]:
        """Return whom he named, without the reader when a mentee did."""
        return [UUID(pk) for pk in seen_list(row, row.preferences, getattr(row, "reader", ""))]

    def get_vetoes(self, row: Candidate) -> list[UUID]:
        """Return whom he refused, without the reader when a mentee did."""
        return [UUID(pk) for pk in seen_list(row, row.vetoes, getattr(row, "reader", ""))]


class RoundCandidatesBody(serializers.Serializer[Any]):
    """People to add to one side."""

    side = serializers.ChoiceField(choices=Candidate.Side.choices)
    people = Ids(required=False, default=list)
    all_willing = serializers.BooleanField(
        required=False, default=False, help_text=_("Вместо списка: все, кто написал в анкете, что хочет участвовать.")
    )


class AddedCandidates(serializers.Serializer[Any]):
    """How many were added; who took part already is not among them."""

    added = serializers.IntegerField()


class RoundCandidateBody(serializers.Serializer[Any]):
    """What a candidate wishes."""

    capacity = serializers.IntegerField(min_value=1, max_value=40, required=False, default=1)
    age_from = serializers.IntegerField(**AGES)
    age_to = serializers.IntegerField(**AGES)
    version = Version()


class PreferencesBody(serializers.Serializer[Any]):
    """Whom a candidate named after the group meeting."""

    preferences = Ids(required=False, default=list, max_length=3)
    vetoes = Ids(required=False, default=list, max_length=20)
