"""What the API reads and shows of the scheduled feed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Version
from schools.imports.feed import Fed, holds_of, policy_values
from schools.imports.models import FeedPolicy, ImportJob
from schools.imports.selectors import rows_of_job
from schools.imports.serializers import FilesBody, RowAnswer
from schools.people.editions import edition_of

MOST_ROWS = 10_000
_SHOWN_REFUSED = 100
OUTCOMES = {
    ImportJob.State.COLUMNS: "waiting",
    ImportJob.State.CHECKING: "in_work",
    ImportJob.State.CHECKED: "waiting",
    ImportJob.State.APPLYING: "in_work",
    ImportJob.State.DONE: "applied",
    ImportJob.State.FAILED: "failed",
    ImportJob.State.CANCELLED: "replaced",
    ImportJob.State.UNDONE: "undone",
}
_DATE = _("гггг-мм-дд")


class _PersonRow(serializers.Serializer[Any]):
    """What a row of people says; whether it fits is decided row by row, as for files."""

    surname = serializers.CharField(max_length=200, allow_blank=True)
    first_name = serializers.CharField(max_length=200, allow_blank=True)
    patronymic = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")
    birth_date = serializers.CharField(max_length=40, allow_blank=True, help_text=_DATE)
    sex = serializers.CharField(max_length=20, allow_blank=True, required=False, default="", help_text=_("ж или м"))
    snils = serializers.CharField(max_length=40, allow_blank=True, required=False, default="")
    admitted_on = serializers.CharField(max_length=40, allow_blank=True, help_text=_DATE)
    left_on = serializers.CharField(max_length=40, allow_blank=True, required=False, default="", help_text=_DATE)


class PupilRow(_PersonRow):
    """A pupil."""

    class_name = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class TeacherRow(_PersonRow):
    """A teacher."""

    post = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")
    experience_years = serializers.CharField(max_length=10, allow_blank=True, required=False, default="")


class FeedRowsBody(serializers.Serializer[Any]):
    """The whole contingent, as rows."""

    pupils = serializers.ListField(child=PupilRow(), required=False, default=list, max_length=MOST_ROWS)
    teachers = serializers.ListField(child=TeacherRow(), required=False, default=list, max_length=MOST_ROWS)


class FeedFilesBody(FilesBody):
    """The whole contingent, as files."""


class HoldAnswer(serializers.Serializer[Any]):
    """Why a feed waits for a person."""

    code = serializers.CharField()
    sentence = serializers.CharField()


class FedAnswer(serializers.Serializer[Fed]):
    """What became of what was sent."""

    id = serializers.UUIDField(source="job.pk", help_text=_("Номер загрузки: по нему спрашивают дальше."))
    outcome = serializers.SerializerMethodField(
        help_text=_("applied – записано; unchanged – ничего нового; waiting – ждёт человека; in_work – спросите позже.")
    )
    created_at = serializers.DateTimeField(source="job.created_at")
    applied_at = serializers.DateTimeField(source="job.applied_at", allow_null=True)
    counts = serializers.DictField(
        source="job.counts", child=serializers.IntegerField(), help_text=_("Сколько чего будет или было сделано.")
    )
    holds = serializers.SerializerMethodField(help_text=_("Почему ждёт человека."))
    refused = serializers.SerializerMethodField(
        help_text=_("Не принятые строки, первые сто; все – в rows загрузки. row – номер строки файла.")
    )

    @extend_schema_field(
        serializers.ChoiceField(choices=[(name, name) for name in dict.fromkeys((*OUTCOMES.values(), "unchanged"))])
    )
    def get_outcome(self, row: Fed) -> str:
        """Return how it ended, or where it stands."""
        return "unchanged" if row.is_repeat else OUTCOMES[ImportJob.State(row.job.state)]

    @extend_schema_field(HoldAnswer(many=True))
    def get_holds(self, row: Fed) -> Any:
        """Return the reasons to wait."""
        return HoldAnswer(holds_of(row.job), many=True).data

    @extend_schema_field(RowAnswer(many=True))
    def get_refused(self, row: Fed) -> Any:
        """Return refused rows with reasons; none of a repeat: what was written before may have been a person's."""
        if row.is_repeat:
            return []
        rows: Any = rows_of_job(row.job, is_refused=True)[:_SHOWN_REFUSED]
        return RowAnswer(rows, many=True).data


class FeedInList(serializers.Serializer[ImportJob]):
    """A feed in the list."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ImportJob.State.choices)
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)


class FeedPolicyBody(serializers.Serializer[Any]):
    """When a feed is written without a person."""

    is_automatic = serializers.BooleanField()
    most_refused_percent = serializers.IntegerField(min_value=0, max_value=100)
    most_absent = serializers.IntegerField(min_value=0, max_value=10_000)
    version = Version()


class FeedPolicyAnswer(serializers.Serializer[FeedPolicy]):
    """When a feed is written without a person."""

    is_automatic = serializers.BooleanField(help_text=_("Иначе каждая загрузка ждёт человека."))
    most_refused_percent = serializers.IntegerField(help_text=_("Не принято строк, не больше, процентов."))
    most_absent = serializers.IntegerField(help_text=_("Нет в списке тех, кто числится, не больше, человек."))
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете правило."))

    def get_version(self, row: FeedPolicy) -> str:
        """Return the edition of the policy."""
        return edition_of(policy_values(row))
