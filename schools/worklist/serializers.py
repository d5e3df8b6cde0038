"""What the API reads and shows of the work list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day
from schools.worklist.domain import REMINDED, Matter
from schools.worklist.models import LONGEST_NOTE, Contact
from schools.worklist.selectors import Row, Waited, Waiting

MATTERS = [(matter.value, matter.value) for matter in Matter]


class WaitingRow(serializers.Serializer[Any]):
    """One thing that waits: the id of a person, pair, account, or round of asking with the number of the silent.

    Or that of a round of matching with the number of its proposals without an answer. With a number alone it is about
    so many pairs at once.
    """

    person = serializers.UUIDField(source="person.pk", default=None, allow_null=True)
    pair = serializers.UUIDField(source="pair.pk", default=None, allow_null=True)
    round = serializers.UUIDField(source="survey.pk", default=None, allow_null=True)
    matching_round = serializers.UUIDField(source="matching.pk", default=None, allow_null=True)
    account = serializers.UUIDField(source="account.pk", default=None, allow_null=True)
    number = serializers.IntegerField(allow_null=True)
    since = serializers.DateField(allow_null=True)
    papers = serializers.SerializerMethodField(help_text=_("Обозначения документов для допуска, о которых речь."))
    consents = serializers.SerializerMethodField(help_text=_("Обозначения видов отозванных согласий."))
    reminded_on = serializers.DateField(allow_null=True)

    def get_consents(self, row: Row) -> list[str]:
        """Return the codes of the kinds of consent."""
        return [consent.kind for consent in row.consents]

    def get_papers(self, row: Row) -> list[str]:
        """Return the codes of the kinds of paper."""
        return [line.kind.code for line in row.papers]


class WaitedQuery(serializers.Serializer[Any]):
    """Of which matter; of every one when none is named."""

    matter = serializers.ChoiceField(choices=MATTERS, required=False)


class WaitedAnswer(serializers.Serializer[Waited]):
    """One thing that waits, and of which matter it is."""

    matter = serializers.ChoiceField(choices=MATTERS)
    row = WaitingRow()


class WorklistAnswer(serializers.Serializer[Waiting]):
    """A sort of thing that waits: how many in all, and the first of them."""

    matter = serializers.ChoiceField(choices=MATTERS)
    total = serializers.IntegerField()
    rows = WaitingRow(many=True)


class ReminderBody(serializers.Serializer[Any]):
    """Of what a pair's mentor is reminded."""

    pair = serializers.UUIDField()
    matter = serializers.ChoiceField(choices=[(matter.value, matter.value) for matter in sorted(REMINDED)])


class ReminderSent(serializers.Serializer[Any]):
    """Whether it is the first of the day."""

    is_new = serializers.BooleanField()


class ContactBody(serializers.Serializer[Any]):
    """A talk with a pair."""

    held_on = Day()
    side = serializers.ChoiceField(choices=[(value, value) for value in Contact.Side.values])
    note = serializers.CharField(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")


class ContactAnswer(serializers.Serializer[Contact]):
    """A talk with a pair as it was written down."""

    id = serializers.UUIDField()
    held_on = serializers.DateField()
    side = serializers.CharField()
    note = serializers.CharField()
