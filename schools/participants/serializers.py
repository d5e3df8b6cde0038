"""What the API reads and shows of participants' own things."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from schools.pairs.confidence import CONCERNS, is_heard
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


class ToldConcern(ToldAnswer):
    """The same when it is told: nobody is to think that he was heard where nobody reads it."""

    is_heard = serializers.SerializerMethodField(help_text=_("Есть сотрудник, который это прочитает."))

    def get_is_heard(self, row: Concern) -> bool:
        """Tell whether somebody of the staff reads what is told of the pair."""
        return is_heard(row.pair_id, CONCERNS)


class ConcernAnswer(ToldAnswer):
    """A concern as those see it whom it reaches."""

    person = serializers.UUIDField(source="person_id")
    text = serializers.CharField()
    outcome = serializers.CharField()
    taken_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
