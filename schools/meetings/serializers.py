"""What the API reads and shows of meetings and plans."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day, NameToFind
from schools.meetings.domain import BEGINNINGS, MOST_ROWS, PROGRAMME_PARTS, MeetingKind, MeetingState, PlanKind
from schools.meetings.models import LONGEST_RESULT, Meeting, Plan
from schools.meetings.plans import LONGEST_PART
from schools.meetings.services import LONGEST_MINUTES
from schools.meetings.words import programme_titles

KINDS = [(kind.value, kind.value) for kind in MeetingKind]
STATES = [(state.value, state.value) for state in MeetingState]
FIRST_STATES = [(state.value, state.value) for state in MeetingState if state in BEGINNINGS]
RHYTHMS = [(name, name) for name in ("going", "without", "stuck", "ended")]


class PlanRow(serializers.Serializer[Any]):
    """A row of a plan; ``section`` is a number from 0."""

    section = serializers.IntegerField(min_value=0, max_value=9, default=0)
    task = serializers.CharField(max_length=500, allow_blank=True, default="", help_text=_("Проект, задание."))
    term = serializers.CharField(max_length=120, allow_blank=True, default="", help_text=_("Срок своими словами."))
    planned = serializers.CharField(max_length=500, allow_blank=True, default="")
    actual = serializers.CharField(max_length=500, allow_blank=True, default="")
    mark = serializers.CharField(max_length=200, allow_blank=True, default="", help_text=_("Оценка наставника."))


class PlanProgramme(serializers.Serializer[Any]):
    """What a персонализированная программа says besides goal and rows; a part that is not written is left out."""

    def get_fields(self) -> dict[str, Any]:
        """Return a text for each part, as long as it may be."""
        titles = programme_titles()
        return {
            part.name: serializers.CharField(
                max_length=part.longest, required=False, allow_blank=True, help_text=titles[part.name]
            )
            for part in PROGRAMME_PARTS
        }


class PlanAnswer(serializers.Serializer[Plan]):
    """A pair's plan; version 0 while nobody has written it."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in PlanKind])
    goal = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    extended_until = serializers.DateField(allow_null=True)
    programme = PlanProgramme()
    rows = PlanRow(many=True)
    version = serializers.IntegerField()
    report = serializers.DictField(child=serializers.CharField(), help_text=_("Итоговый отчёт наставника."))


class PlanBody(serializers.Serializer[Any]):
    """A plan as a whole; ``version`` is the one that was read."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.value) for kind in PlanKind])
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    goal = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    starts_on = Day(required=False, allow_null=True, default=None)
    ends_on = Day(required=False, allow_null=True, default=None)
    extended_until = Day(required=False, allow_null=True, default=None)
    programme = PlanProgramme(required=False, default=dict)
    rows = serializers.ListField(child=PlanRow(), max_length=MOST_ROWS)


class ReportBody(serializers.Serializer[Any]):
    """The mentor's closing report."""

    done = serializers.CharField(max_length=LONGEST_PART)
    conclusions = serializers.CharField(max_length=LONGEST_PART, required=False, allow_blank=True, default="")
    proposals = serializers.CharField(max_length=LONGEST_PART, required=False, allow_blank=True, default="")


class MeetingAnswer(serializers.Serializer[Meeting]):
    """A meeting as those see it who see it whole; the mentor's note is not among it."""

    id = serializers.UUIDField()
    pair = serializers.UUIDField(source="pair_id", allow_null=True)
    group = serializers.UUIDField(source="group_id", allow_null=True)
    kind = serializers.ChoiceField(choices=KINDS)
    state = serializers.ChoiceField(choices=STATES)
    held_on = serializers.DateField()
    duration_minutes = serializers.IntegerField(allow_null=True)
    place = serializers.CharField()
    topic = serializers.CharField()
    result = serializers.CharField()
    is_for_mentor = serializers.BooleanField(help_text=_("Записана за наставника."))
    version = serializers.SerializerMethodField(help_text=_("Сколько раз исправлена."))

    @extend_schema_field(serializers.IntegerField())
    def get_version(self, row: Meeting) -> int:
        """Return what a correction has to name."""
        return len(row.corrections)


class MeetingDays(serializers.Serializer[Meeting]):
    """A meeting as a parent sees it."""

    kind = serializers.ChoiceField(choices=KINDS)
    state = serializers.ChoiceField(choices=STATES)
    held_on = serializers.DateField()


class _MeetingText(serializers.Serializer[Any]):
    held_on = Day()
    kind = serializers.ChoiceField(choices=KINDS)
    duration_minutes = serializers.IntegerField(
        min_value=1, max_value=LONGEST_MINUTES, required=False, allow_null=True, default=None
    )
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    topic = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    result = serializers.CharField(max_length=LONGEST_RESULT, required=False, allow_blank=True, default="")
    note = serializers.CharField(
        max_length=LONGEST_RESULT,
        required=False,
        allow_blank=True,
        allow_null=True,
        default=None,
        help_text=_("Для наставника и куратора; без неё остаётся прежняя."),
    )


class MeetingBody(_MeetingText):
    """A new meeting of a pair or of a group."""

    pair = serializers.UUIDField(required=False, allow_null=True, default=None)
    group = serializers.UUIDField(required=False, allow_null=True, default=None)
    state = serializers.ChoiceField(choices=FIRST_STATES, required=False, default=MeetingState.HELD.value)
    key = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text=_("Повтор с тем же ключом – та же встреча, без срока.")
    )
    is_another = serializers.BooleanField(required=False, default=False, help_text=_("Ещё одна встреча того же дня."))


class MeetingCorrectionBody(_MeetingText):
    """A meeting as it is to be from now on; ``version`` is the one that was read."""

    state = serializers.ChoiceField(choices=STATES)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class RhythmQuery(serializers.Serializer[Any]):
    """Which pairs."""

    rhythm = serializers.ChoiceField(
        choices=RHYTHMS,
        required=False,
        help_text=_(
            "going – идут, without – ещё не встречались (14 дней), stuck – давно не встречались (21 день), "
            "ended – завершены; без него все."
        ),
    )
    form = serializers.SlugField(required=False, help_text=_("Обозначение формы наставничества."))


class RhythmSearch(RhythmQuery):
    """Which pairs, by the name of one of the two too."""

    q = NameToFind(help_text=_("Фамилия или имя участника."))


class MeetingsQuery(serializers.Serializer[Any]):
    """Of which pair, with the meetings of its group; of all when none is named."""

    pair = serializers.UUIDField(required=False)


class RhythmAnswer(serializers.Serializer[Any]):
    """A pair with its meetings' days."""

    id = serializers.UUIDField()
    mentor = serializers.CharField(source="mentor.full_name")
    mentee = serializers.CharField(source="mentee.full_name")
    form_code = serializers.CharField()
    last_met = serializers.DateField(allow_null=True)
    next_meeting = serializers.DateField(allow_null=True)
    met_times = serializers.IntegerField()
