"""Words of support to a pair, and reminders in the product."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.pairs.models import Pair
from schools.worklist.domain import REMINDED, Matter

LONGEST_NOTE = 500
MATTER_TITLES = {
    Matter.STAFF_LOGIN: _("Вход ученика с ролью сотрудника"),
    Matter.OWN_CHILD: _("Наставник – родитель наставляемого"),
    Matter.UNHEARD: _("Некому отвечать на обращения"),
    Matter.UNORDERED: _("Пары ждут приказа"),
    Matter.CONSENT_WITHDRAWN: _("Согласие отозвано"),
    Matter.NO_CONSENT: _("В паре без согласия"),
    Matter.CONSENT_ENDED: _("Согласие перестало действовать"),
    Matter.SOON_ADULT: _("Скоро 18 лет"),
    Matter.CLEARANCE_MISSING: _("Нет документа для допуска"),
    Matter.CLEARANCE_ENDED: _("Документ для допуска закончился"),
    Matter.CLEARANCE_ENDING: _("Документ для допуска скоро закончится"),
    Matter.LEAVERS: _("Пары ушедших"),
    Matter.NEVER_MET: _("Пары ещё не встречались"),
    Matter.STUCK: _("Пары давно не встречались"),
    Matter.CONTACT: _("Пора поговорить с парой"),
    Matter.PROPOSALS: _("Предложения без ответа"),
    Matter.UNANSWERED: _("Не ответили на анкету"),
}


class Contact(models.Model):
    """A talk of the curator with a pair: how it goes, whether help is needed."""

    class Side(models.TextChoices):
        """With whom."""

        BOTH = "both", _("с обоими")
        MENTOR = "mentor", _("с наставником")
        MENTEE = "mentee", _("с наставляемым")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the one below begins with it.
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="contacts", db_index=False)
    held_on = models.DateField(_("дата разговора"))
    side = models.CharField(_("с кем"), max_length=6, choices=Side, default=Side.BOTH)
    note = models.CharField(_("что выяснили"), max_length=LONGEST_NOTE, blank=True)
    by = models.UUIDField(_("кто говорил (номер учётной записи)"), null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["pair", "held_on"], name="contact_by_pair")]

    def __str__(self) -> str:
        return f"{self.held_on:%d.%m.%Y} {self.get_side_display()}"


class Reminder(models.Model):
    """That an account was reminded of a pair. One a day about one matter; its owner sees it among his news."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_id = models.UUIDField(_("кому (номер учётной записи)"))
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="reminders")
    matter = models.CharField(
        _("о чём"), max_length=16, choices=[(m.value, MATTER_TITLES[m]) for m in sorted(REMINDED)]
    )
    day = models.DateField(_("день"))
    by = models.UUIDField(_("кто напомнил (номер учётной записи)"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_id", "pair", "matter", "day"], name="reminder_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.day}"
