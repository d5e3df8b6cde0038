"""What the API reads and shows of participants' own things."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from schools.participants.models import LONGEST_TEXT, Concern

STATES = [(value, value) for value in Concern.State.values]


class ConcernBody(serializers.Serializer[Any]):
    """What is not right; nothing has to be said."""

    text = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True, default="")


class ConcernOutcomeBody(serializers.Serializer[Any]):
    """What came of it."""

    outcome = serializers.CharField(max_length=LONGEST_TEXT)


class ToldAnswer(serializers.Serializer[Concern]):
    """A concern as whoever told it sees it."""

    id = serializers.UUIDField()
    pair = serializers.UUIDField(source="pair_id")
    said_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=STATES)


class ConcernAnswer(ToldAnswer):
    """A concern as those see it whom it reaches."""

    person = serializers.UUIDField(source="person_id")
    text = serializers.CharField()
    outcome = serializers.CharField()
    taken_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
