"""What the API reads and shows of the programme year."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day, Version
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_editions import edition_of_mark, edition_of_task, edition_of_year
from schools.programme.year_services import TaskData, YearData

_MOST_RESPONSIBLE = 20


class YearBody(serializers.Serializer[Any]):
    """The title and the days of a year."""

    title = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text=_("Пусто: по дате начала.")
    )
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, default=None)


class YearChange(YearBody):
    """A year as it is to be from now on."""

    version = Version()


class NewYearBody(YearBody):
    """A new year: from profiles, or as a copy of a year."""

    profiles = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, default=list, max_length=10
    )
    copy_of = serializers.UUIDField(required=False, allow_null=True, default=None, help_text=_("Или копия года."))


class ProfilesBody(serializers.Serializer[Any]):
    """Profiles to add to a year."""

    profiles = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=10)


class YearProfile(serializers.Serializer[Any]):
    """The profile, and its version, that a year was started from."""

    code = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField()
    base_word = serializers.ChoiceField(choices=[("base", _("база")), ("bank", _("банк"))])
    programme_word = serializers.CharField()


class YearAnswer(serializers.Serializer[Any]):
    """A year of the programme."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    profiles = YearProfile(many=True)
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете год."))

    def get_version(self, row: ProgrammeYear) -> str:
        """Return the edition of the title and the days."""
        return edition_of_year(row)


class TaskBody(serializers.Serializer[Any]):
    """What a task is, its term and who is responsible."""

    title = serializers.CharField(max_length=200)
    stage = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=32767, help_text=_("Номер этапа года.")
    )
    new_stage = serializers.CharField(
        max_length=200, required=False, allow_blank=True, default="", help_text=_("Или название нового этапа.")
    )
    term = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    due_on = Day(required=False, allow_null=True, default=None)
    responsible = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=_MOST_RESPONSIBLE
    )
    responsible_words = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    result = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    product = serializers.SlugField(
        max_length=40, required=False, allow_blank=True, default="", help_text=_("Страница, где это делают.")
    )


class TaskChange(TaskBody):
    """A task as it is to be from now on."""

    version = Version()


class MarkBody(serializers.Serializer[Any]):
    """How far a task is; the note stays unless it is sent."""

    state = serializers.ChoiceField(choices=ProgrammeTask.State.choices)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, allow_null=True, default=None)
    version = Version(help_text=_("Прочитанная mark_version: отметка, сделанная после неё другим, не затирается."))


class TaskAnswer(serializers.Serializer[Any]):
    """A task of a year."""

    id = serializers.UUIDField()
    year = serializers.UUIDField(source="year_id")
    profile = serializers.CharField(allow_blank=True, help_text=_("Пусто у своего дела школы."))
    stage = serializers.IntegerField(source="stage_number")
    stage_title = serializers.CharField(source="stage")
    title = serializers.CharField()
    term = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    responsible = serializers.ListField(child=serializers.UUIDField())
    responsible_words = serializers.CharField(allow_blank=True)
    result = serializers.CharField(allow_blank=True)
    product = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=ProgrammeTask.State.choices)
    note = serializers.CharField(allow_blank=True)
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда меняете дело."))
    mark_version = serializers.SerializerMethodField(help_text=_("Назовите её, когда отмечаете дело."))

    def get_version(self, row: ProgrammeTask) -> str:
        """Return the edition of the task without its mark."""
        return edition_of_task(row)

    def get_mark_version(self, row: ProgrammeTask) -> str:
        """Return the edition of the mark."""
        return edition_of_mark(row)


class EvidenceAnswer(serializers.Serializer[Any]):
    """What the school's data say about a task."""

    words = serializers.CharField()
    is_done = serializers.BooleanField(help_text=_("Судя по данным, сделано; отмечают люди."))
    url = serializers.CharField(allow_blank=True, help_text=_("Страница того, что получилось."))


class TaskCard(TaskAnswer):
    """A task with what the data say about it."""

    evidence = EvidenceAnswer(
        allow_null=True, help_text=_("Пусто, если данные этого не показывают или видны не все люди школы.")
    )


class YearCard(YearAnswer):
    """A year with its tasks, by stage."""

    tasks = TaskAnswer(many=True, source="shown_tasks")


def year_data(body: dict[str, Any]) -> YearData:
    """Return a body as the services take it."""
    return YearData(**{name: body[name] for name in ("title", "starts_on", "ends_on")})


def task_data(body: dict[str, Any]) -> TaskData:
    """Return a body as the services take it."""
    return TaskData(**{name: value for name, value in body.items() if name != "version"})
