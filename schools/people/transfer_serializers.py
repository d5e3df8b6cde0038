"""What the API reads and shows of transfers between schools."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day
from schools.people.receiving import Incoming
from schools.people.releasing import Outgoing
from tenants.transfers.models import Transfer


class SchoolsQuery(serializers.Serializer[Any]):
    """Which schools."""

    q = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text=_("Часть названия или кода.")
    )


class OtherSchoolAnswer(serializers.Serializer[Any]):
    """A school that pupils can go to."""

    code = serializers.CharField()
    title = serializers.CharField()


class ReleaseBody(serializers.Serializer[Any]):
    """Where a pupil goes, from which day, on what basis."""

    to_code = serializers.SlugField(max_length=30)
    leaves_on = Day(help_text=_("С этого дня ученик числится в новой школе."))
    basis = serializers.CharField(max_length=300)
    with_guardians = serializers.BooleanField(
        required=False, default=False, help_text=_("Передать имена и контакты законных представителей.")
    )


class OutgoingAnswer(serializers.Serializer[Outgoing]):
    """A pupil let go from here."""

    id = serializers.UUIDField(source="release.id")
    person = serializers.UUIDField(source="release.person_id")
    to_title = serializers.CharField(source="release.to_title")
    leaves_on = serializers.DateField(source="release.leaves_on")
    basis = serializers.CharField(source="release.basis")
    state = serializers.ChoiceField(choices=Transfer.State.choices)


class ReleasedAnswer(serializers.Serializer[Any]):
    """An offer that was made."""

    id = serializers.UUIDField()
    to_title = serializers.CharField()
    leaves_on = serializers.DateField()


class IncomingAnswer(serializers.Serializer[Incoming]):
    """A pupil offered to this school."""

    id = serializers.UUIDField(source="offer.id")
    from_title = serializers.CharField(source="offer.from_title")
    full_name = serializers.CharField()
    birth_date = serializers.DateField()
    leaves_on = serializers.DateField(source="offer.leaves_on")
    expires_at = serializers.DateTimeField(source="offer.expires_at")
    class_name = serializers.SerializerMethodField(help_text=_("Класс в прежней школе."))
    proposed_class = serializers.CharField(
        help_text=_("Класс, в который он приходит, судя по прежнему; пусто, если этого не сказать.")
    )
    basis = serializers.SerializerMethodField()
    known = serializers.SerializerMethodField(help_text=_("Карточки вашей школы, которые могут быть этого ученика."))

    def get_class_name(self, row: Incoming) -> str:
        """Return the class he was in."""
        return str(row.offer.card.get("class_name", ""))

    def get_basis(self, row: Incoming) -> str:
        """Return what the old school stated."""
        return str(row.offer.card.get("basis", ""))

    def get_known(self, row: Incoming) -> list[str]:
        """Return ids of cards; looked for only when one offer is asked for."""
        return [str(person.pk) for person in row.known]


class AcceptBody(serializers.Serializer[Any]):
    """The class a pupil comes to."""

    class_name = serializers.CharField(max_length=30)


class AcceptedAnswer(serializers.Serializer[Any]):
    """The card of a pupil who was taken in."""

    person = serializers.UUIDField(source="pk")
