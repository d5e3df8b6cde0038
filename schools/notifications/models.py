"""What an account is told."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from schools.notifications.domain import News

NEWS_TITLES = {
    News.PROPOSED: _("Вам предлагают пару"),
    News.ASKED: _("Вас просят ответить на анкету"),
    News.ASKED_AGAIN: _("Напоминание: анкета ждёт ответа"),
    News.NEVER_MET: _("Напоминание: встреч ещё не было"),
    News.STUCK: _("Напоминание: давно не было встреч"),
    News.ORDERED: _("Пара утверждена приказом"),
    News.ENDED: _("Пара завершена"),
    News.PLANNED: _("Назначена встреча"),
    News.CONCERN: _("Кому-то некомфортно: ждёт ответа"),
    News.REQUEST: _("Просят другого партнёра"),
}


class Notice(models.Model):
    """One thing that an account is told: a word and the id of what it is about, never a name.

    ``about`` is a pair, a proposal, a response, a concern or a request, by the word. Of one thing once a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the constraint begins with it.
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices", db_index=False)
    news = models.CharField(_("о чём"), max_length=16)
    about = models.UUIDField(_("номер записи"))
    day = models.DateField(_("день"))
    at = models.DateTimeField(_("когда"))
    seen_at = models.DateTimeField(_("когда прочитано"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "day", "news", "about"], name="notice_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.news} {self.day}"

    @property
    def title(self) -> str:
        """Return what is told, in words."""
        return str(NEWS_TITLES[News(self.news)])
