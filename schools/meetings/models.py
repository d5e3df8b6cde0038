"""Meetings of pairs and groups, and the plans of pairs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.meetings.domain import MeetingKind, MeetingState, PlanKind
from schools.pairs.models import Group, Pair

LONGEST_RESULT = 1000

KIND_TITLES = {
    MeetingKind.FIRST: _("первая, организационная, встреча"),
    MeetingKind.TRIAL: _("вторая, пробная рабочая, встреча"),
    MeetingKind.PLANNING: _("встреча-планирование рабочего процесса"),
    MeetingKind.REGULAR: _("регулярная встреча"),
    MeetingKind.FINAL: _("заключительная встреча"),
}
STATE_TITLES = {
    MeetingState.PLANNED: _("запланирована"),
    MeetingState.HELD: _("состоялась"),
    MeetingState.MISSED: _("не состоялась"),
    MeetingState.CANCELLED: _("отменена"),
}
PLAN_TITLES = {
    PlanKind.INDIVIDUAL: _("индивидуальный план развития"),
    PlanKind.PERSONALISED: _("персонализированная программа наставничества"),
}


class Meeting(models.Model):
    """A meeting of a pair, or of a whole group; one that was recorded wrongly is corrected, and its past is kept.

    ``key`` is made by the page that sends the meeting: what is sent twice is one meeting. ``corrections`` is a list of
    ``{"at", "by", "was": {column: former value}}``, the oldest first; its length is the version that an editor saw.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of their own: the ones below begin with these columns.
    pair = models.ForeignKey(
        Pair, null=True, blank=True, on_delete=models.CASCADE, related_name="meetings", db_index=False
    )
    group = models.ForeignKey(
        Group, null=True, blank=True, on_delete=models.CASCADE, related_name="meetings", db_index=False
    )
    kind = models.CharField(_("вид встречи"), max_length=10, choices=[(k.value, t) for k, t in KIND_TITLES.items()])
    state = models.CharField(_("состояние"), max_length=10, choices=[(s.value, t) for s, t in STATE_TITLES.items()])
    held_on = models.DateField(_("дата встречи"))
    duration_minutes = models.PositiveSmallIntegerField(_("продолжительность, минут"), null=True, blank=True)
    place = models.CharField(_("место или формат"), max_length=120, blank=True)
    topic = models.CharField(_("тема"), max_length=200, blank=True)
    result = models.CharField(_("кратко результат"), max_length=LONGEST_RESULT, blank=True)
    note = models.CharField(_("заметка наставника и куратора"), max_length=LONGEST_RESULT, blank=True)
    logged_by = models.UUIDField(_("кто записал (номер учётной записи)"), null=True, blank=True)
    is_for_mentor = models.BooleanField(_("записана за наставника"), default=False)
    key = models.UUIDField(_("ключ отправки"), null=True, blank=True, unique=True)
    corrections = models.JSONField(_("исправления"), default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(pair__isnull=False) ^ models.Q(group__isnull=False), name="meeting_of_one"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["pair", "held_on"], name="meeting_by_pair"),
            models.Index(fields=["group", "held_on"], name="meeting_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on:%d.%m.%Y} {self.get_kind_display()}"


class Plan(models.Model):
    """What a pair is to do, and at the end its mentor's report; former contents are kept as versions.

    ``rows``: ``[{"section": 0, "task", "term", "planned", "actual", "mark"}, …]``. ``programme``: the texts of
    ``PROGRAMME_PARTS`` that a персонализированная программа has. ``versions``: former contents, the
    oldest first, ``[{"version", "at", "by", "goal", "rows", …}, …]``. ``report``: ``{"done", "conclusions",
    "proposals"}`` or empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.OneToOneField(Pair, on_delete=models.CASCADE, related_name="plan")
    kind = models.CharField(_("вид плана"), max_length=12, choices=[(k.value, t) for k, t in PLAN_TITLES.items()])
    goal = models.CharField(_("цель и задачи"), max_length=1000, blank=True)
    starts_on = models.DateField(_("план с"), null=True, blank=True)
    ends_on = models.DateField(_("план по"), null=True, blank=True)
    extended_until = models.DateField(_("план продлён до"), null=True, blank=True)
    programme = models.JSONField(
        _("что ещё сказано в персонализированной программе"),
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        blank=True,
    )
    rows = models.JSONField(_("строки плана"), default=list, blank=True)
    version = models.PositiveIntegerField(_("номер версии"), default=0)
    versions = models.JSONField(_("прежние версии"), default=list, blank=True)
    changed_by = models.UUIDField(_("кто изменил (номер учётной записи)"), null=True, blank=True)
    changed_at = models.DateTimeField(_("когда изменён"))
    report = models.JSONField(_("отчёт наставника"), default=dict, blank=True)
    reported_by = models.UUIDField(_("кто написал отчёт (номер учётной записи)"), null=True, blank=True)
    reported_at = models.DateTimeField(_("когда написан отчёт"), null=True, blank=True)

    def __str__(self) -> str:
        return self.get_kind_display()
