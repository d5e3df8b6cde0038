"""What the API reads and shows of imports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day, Ids
from schools.imports.domain.fields import FIELDS, SheetKind
from schools.imports.domain.layout import HEADER_SEARCH_ROWS
from schools.imports.models import ImportJob, ImportRow
from schools.imports.presentation import absentee, reason_of
from schools.people.models import Enrolment

KINDS = [(kind.value, kind.value) for kind in SheetKind]
_LAST_COLUMN = 16_383


class FilesBody(serializers.Serializer[Any]):
    """The files of an import."""

    workbooks = serializers.ListField(
        child=serializers.FileField(), help_text=gettext_lazy("Файлы .xlsx или .csv: до 10 за один раз.")
    )


class SheetAnswer(serializers.Serializer[Any]):
    """How a sheet is read; ``columns`` are 0-based by field."""

    sheet = serializers.CharField()
    rows = serializers.IntegerField()
    is_visible = serializers.BooleanField()
    kind = serializers.CharField(help_text=gettext_lazy("Пусто: лист не загружается."))
    header_row = serializers.IntegerField()
    columns = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    class_name = serializers.CharField(default="")
    is_remembered = serializers.BooleanField(
        default=False,
        help_text=gettext_lazy("Так же читали, или не загружали, лист с такими заголовками в прошлый раз."),
    )


class ImportFileAnswer(serializers.Serializer[Any]):
    """A file of an import."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sheets = SheetAnswer(source="layouts", many=True)


class ImportAnswer(serializers.Serializer[ImportJob]):
    """An import where it stands."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ImportJob.State.choices)
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    progress_done = serializers.IntegerField()
    progress_total = serializers.IntegerField()
    counts = serializers.JSONField(help_text=gettext_lazy("Сколько чего будет или было сделано."))
    files = serializers.SerializerMethodField()

    @extend_schema_field(ImportFileAnswer(many=True))
    def get_files(self, row: ImportJob) -> Any:
        """Return the files, loaded without their contents."""
        return ImportFileAnswer(row.files.all(), many=True).data


class SheetBody(serializers.Serializer[Any]):
    """How a sheet is to be read."""

    file = serializers.UUIDField()
    place = serializers.IntegerField(min_value=0, max_value=1000, help_text=gettext_lazy("Номер листа с нуля."))
    kind = serializers.ChoiceField(choices=KINDS, allow_null=True, help_text=gettext_lazy("null: не загружать."))
    header_row = serializers.IntegerField(min_value=1, max_value=HEADER_SEARCH_ROWS * 10, default=1)
    columns = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=_LAST_COLUMN, allow_null=True),
        required=False,
        default=dict,
    )
    class_name = serializers.CharField(max_length=30, required=False, allow_null=True, allow_blank=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse fields the kind has not, and one column for two fields.

        :raises ValidationError: naming the field.
        """
        if attrs["kind"] is None:
            return attrs
        known = {field.id for field in FIELDS[SheetKind(attrs["kind"])]}
        if set(attrs["columns"]) - known:
            raise serializers.ValidationError({"columns": [_("Таких полей у этих данных нет.")]})
        chosen = [index for index in attrs["columns"].values() if index is not None]
        if len(chosen) != len(set(chosen)):
            raise serializers.ValidationError({"columns": [_("Этот столбец уже выбран для другого поля.")]})
        return attrs


class ColumnsBody(serializers.Serializer[Any]):
    """Corrections; a sheet that is not named stays as it is."""

    sheets = SheetBody(many=True)


class RowsQuery(serializers.Serializer[Any]):
    """Which rows: refused ones, or those taken with a remark."""

    refused = serializers.BooleanField(default=True, required=False)


class RowAnswer(serializers.Serializer[ImportRow]):
    """A row with the reason; ``row`` is Excel's number."""

    id = serializers.UUIDField()
    file = serializers.CharField()
    sheet = serializers.CharField()
    row = serializers.IntegerField()
    code = serializers.CharField()
    reason = serializers.SerializerMethodField()
    cells = serializers.ListField(child=serializers.CharField())

    def get_reason(self, row: ImportRow) -> str:
        """Return the reason in words."""
        return reason_of(row)


class AbsenteeAnswer(serializers.Serializer[Enrolment]):
    """An open enrolment whose person the newer list does not name."""

    enrolment = serializers.UUIDField(source="id")
    person = serializers.UUIDField(source="person_id")
    who = serializers.SerializerMethodField()

    def get_who(self, row: Enrolment) -> str:
        """Return name, class or post, and since when."""
        return absentee(row)


class LeavingsBody(serializers.Serializer[Any]):
    """One day of leaving for several enrolments."""

    enrolments = Ids(min_length=1)
    left_on = Day()


class LeavingsAnswer(serializers.Serializer[Any]):
    """How many were recorded."""

    recorded = serializers.IntegerField()
