"""What the API reads and shows of consents."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day, Ids
from schools.consents.models import Consent
from schools.consents.selectors import state_of
from schools.consents.services import MOST_AT_ONCE


class ConsentQuery(serializers.Serializer[Any]):
    """Which consents."""

    kind = serializers.SlugField(required=False, help_text=_("Обозначение вида согласия."))


class MissingQuery(serializers.Serializer[Any]):
    """Which consent is missed."""

    kind = serializers.SlugField(default="processing", required=False)


class ConsentAnswer(serializers.Serializer[Consent]):
    """A consent; its person is loaded."""

    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")
    full_name = serializers.CharField(source="person.full_name")
    kind = serializers.CharField()
    signer = serializers.ChoiceField(choices=Consent.Signer.choices)
    signer_kinship = serializers.CharField()
    number = serializers.CharField()
    given_on = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    withdrawn_on = serializers.DateField(allow_null=True)
    state = serializers.SerializerMethodField(help_text=_("Состояние сегодня."))

    def get_state(self, row: Consent) -> str:
        """Return the state of today."""
        return state_of(row, timezone.localdate()).value


class ConsentBody(serializers.Serializer[Any]):
    """A consent signed on paper."""

    kind = serializers.SlugField(max_length=60)
    signer = serializers.ChoiceField(choices=Consent.Signer.choices)
    given_on = Day()
    signer_kinship = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    valid_until = Day(required=False, allow_null=True, default=None)


class PaperBody(serializers.Serializer[Any]):
    """A pile of sheets signed on paper: one kind and one date for all."""

    people = Ids(min_length=1, max_length=MOST_AT_ONCE)
    kind = serializers.SlugField(max_length=60)
    given_on = Day()
    valid_until = Day(required=False, allow_null=True, default=None)


class PaperAnswer(serializers.Serializer[Any]):
    """How many were recorded: whoever has one in force already is passed over."""

    recorded = serializers.IntegerField()


class WithdrawalBody(serializers.Serializer[Any]):
    """A withdrawal."""

    withdrawn_on = Day(help_text=_("С этого дня согласие не действует."))
