"""What the API reads and shows of consents."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day, Ids, NameToFind, Version
from schools.consents.models import Consent
from schools.consents.selectors import ending_soon_of, minors_kinds, state_of
from schools.consents.services import MOST_AT_ONCE, consent_values
from schools.consents.sheets import MOST_ROWS
from schools.consents.words import UNDO_REASONS
from schools.people.editions import edition_of


class ConsentQuery(serializers.Serializer[Any]):
    """Which consents."""

    kind = serializers.SlugField(required=False, help_text=_("Обозначение вида согласия."))
    room = serializers.UUIDField(required=False, help_text=_("Класс."))


class ConsentSearch(ConsentQuery):
    """Which consents, by the name of whose they are too; ``among`` is a list of those above."""

    among = serializers.ChoiceField(
        choices=[(name, name) for name in ("all", "to-check", "soon")], required=False, default="all"
    )
    q = NameToFind()


class MissingQuery(serializers.Serializer[Any]):
    """Which consent is missed, and of which class."""

    kind = serializers.SlugField(default="processing", required=False)
    room = serializers.UUIDField(required=False, help_text=_("Класс."))


class MissingSearch(MissingQuery):
    """Which consent is missed by whom, by name too."""

    q = NameToFind()


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
    is_withdrawn_own = serializers.BooleanField(help_text=_("Отозвал сам человек или его родитель на своей странице."))
    counts_from = serializers.DateField(
        allow_null=True, help_text=_("Из присоединённой школы, здесь учитывается с этого дня.")
    )
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда исправляете запись."))
    state = serializers.SerializerMethodField(help_text=_("Состояние сегодня."))

    ends_soon_on = serializers.SerializerMethodField(
        help_text=_("Последний день, если согласие в силе и закончится в течение 60 дней.")
    )

    @cached_property
    def _minors(self) -> frozenset[str]:
        """Read once for a whole list: one serializer serves its rows."""
        return minors_kinds()

    def get_version(self, row: Consent) -> str:
        """Return the edition of what stands on the paper."""
        return edition_of(consent_values(row))

    def get_state(self, row: Consent) -> str:
        """Return the state of today."""
        return state_of(row, timezone.localdate(), self._minors).value

    def get_ends_soon_on(self, row: Consent) -> date | None:
        """Return the last day of a consent that will not be enough soon."""
        end = ending_soon_of(row, timezone.localdate(), self._minors)
        return None if end is None else end.last_day


class CorrectionBody(serializers.Serializer[Any]):
    """What stands on the paper."""

    signer = serializers.ChoiceField(choices=Consent.Signer.choices)
    given_on = Day()
    signer_kinship = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    valid_until = Day(required=False, allow_null=True, default=None)


class ConsentChange(CorrectionBody):
    """What stands on the paper, corrected."""

    version = Version()


class ConsentBody(CorrectionBody):
    """A consent signed on paper."""

    kind = serializers.SlugField(max_length=60)


class ConsentSheetRowBody(CorrectionBody):
    """One person's paper; with ``consent`` the correction of that record."""

    person = serializers.UUIDField()
    consent = serializers.UUIDField(required=False, allow_null=True, default=None)


class ConsentSheetBody(serializers.Serializer[Any]):
    """A class's papers of one kind."""

    kind = serializers.SlugField(max_length=60)
    rows = serializers.ListField(child=ConsentSheetRowBody(), min_length=1, max_length=MOST_ROWS)


class ConsentSheetAnswer(serializers.Serializer[Any]):
    """How many were recorded and how many corrected."""

    recorded = serializers.IntegerField()
    corrected = serializers.IntegerField()


class PaperBody(serializers.Serializer[Any]):
    """A pile of sheets signed on paper: one kind and one date for all."""

    people = Ids(min_length=1, max_length=MOST_AT_ONCE)
    kind = serializers.SlugField(max_length=60)
    given_on = Day()
    valid_until = Day(required=False, allow_null=True, default=None)


class PaperAnswer(serializers.Serializer[Any]):
    """How many were recorded: whoever has one in force already is passed over."""

    recorded = serializers.IntegerField()


class WithdrawalUndoBody(serializers.Serializer[Any]):
    """Why a withdrawal was a slip."""

    reason = serializers.ChoiceField(choices=[(code, code) for code in UNDO_REASONS])


class WithdrawalBody(serializers.Serializer[Any]):
    """A withdrawal."""

    withdrawn_on = Day(help_text=_("С этого дня согласие не действует."))
