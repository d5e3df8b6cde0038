"""What the API reads and shows of the rights of a person."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day
from schools.rights.domain import CONFIRMATION
from schools.rights.models import Destruction
from schools.rights.selectors import days_left


@extend_schema_field(OpenApiTypes.ANY)
class _Anything(serializers.Field):  # type: ignore[type-arg]
    """A value as the table holds it."""

    def to_representation(self, value: Any) -> Any:
        return value


class HeldTable(serializers.Serializer[Any]):
    """What one table holds."""

    table = serializers.CharField()
    title = serializers.CharField()
    rows = serializers.ListField(child=serializers.DictField(child=_Anything()))
    left_out = serializers.CharField(
        help_text=_("Что здесь не показано и почему: сказанное доверительно закрыто от того, кто стоит рядом в паре.")
    )


class HeldByRegion(serializers.Serializer[Any]):
    """What the region holds."""

    title = serializers.CharField()
    value = serializers.CharField()


class HeldAnswer(serializers.Serializer[Any]):
    """Everything held on a person."""

    person = serializers.UUIDField()
    made_at = serializers.DateTimeField()
    held = HeldTable(many=True)
    held_by_region = HeldByRegion(many=True)


class DestructionQuery(serializers.Serializer[Any]):
    """Which requests."""

    state = serializers.ChoiceField(choices=Destruction.State.choices, required=False)


class DestructionBody(serializers.Serializer[Any]):
    """A request as the paper has it."""

    asked_by = serializers.ChoiceField(choices=Destruction.AskedBy.choices)
    basis = serializers.ChoiceField(choices=Destruction.Basis.choices)
    asked_on = Day()
    paper_number = serializers.CharField(
        max_length=40, required=False, allow_blank=True, default="", help_text=_("Номер бумаги, без имён.")
    )


class ExecutionBody(serializers.Serializer[Any]):
    """The last question before everything goes."""

    confirmation = serializers.ChoiceField(choices=[(CONFIRMATION, CONFIRMATION)])
    act_number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class DropBody(serializers.Serializer[Any]):
    """Why a request is not executed."""

    because = serializers.ChoiceField(choices=Destruction.Dropped.choices)


class DestroyedCategory(serializers.Serializer[Any]):
    """A category of personal data with how many records went."""

    category = serializers.CharField(source="0")
    rows = serializers.IntegerField(source="1")


class DestructionAnswer(serializers.Serializer[Destruction]):
    """A request, and its act when it was executed; no names."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    person = serializers.UUIDField(source="person_id")
    asked_by = serializers.ChoiceField(choices=Destruction.AskedBy.choices)
    basis = serializers.ChoiceField(choices=Destruction.Basis.choices)
    asked_on = serializers.DateField()
    paper_number = serializers.CharField()
    due_on = serializers.DateField()
    days_left = serializers.SerializerMethodField(help_text=_("Дней до конца срока; меньше нуля: срок прошёл."))
    state = serializers.ChoiceField(choices=Destruction.State.choices)
    closed_at = serializers.DateTimeField(allow_null=True)
    dropped_because = serializers.CharField()
    act_number = serializers.CharField()
    act_date = serializers.DateField(allow_null=True)
    method = serializers.CharField()
    destroyed = serializers.SerializerMethodField()

    def get_days_left(self, row: Destruction) -> int:
        """Return the days of today."""
        return days_left(row, timezone.localdate())

    @extend_schema_field(DestroyedCategory(many=True))
    def get_destroyed(self, row: Destruction) -> list[dict[str, Any]]:
        """Return the categories."""
        return [{"category": category, "rows": rows} for category, rows in row.destroyed]
