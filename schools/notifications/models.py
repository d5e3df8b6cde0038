"""What an account is told, and how it wants to be told."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from schools.notifications.domain import Channel, Kind, News, Window

NEWS_TITLES = {
    News.PROPOSED: _("Вам предлагают пару"),
    News.ASKED: _("Вас просят ответить на анкету"),
    News.ASKED_AGAIN: _("Напоминание: анкета ждёт ответа"),
    News.NEVER_MET: _("Напоминание: встреч ещё не было"),
    News.STUCK: _("Напоминание: давно не было встреч"),
    News.ORDERED: _("Пара утверждена приказом"),
    News.ENDED: _("Пара завершена"),
    News.LAST_DAY: _("Назначен последний день пары"),
    News.PLANNED: _("Назначена встреча"),
    News.CANCELLED: _("Встреча отменена"),
    News.CONCERN: _("Кому-то некомфортно: ждёт ответа"),
    News.REQUEST: _("Просят другого партнёра"),
    News.REOPENED: _("Анкету вернули: ответьте ещё раз"),
    News.RENEW: _("Документ для допуска скоро закончится"),
    News.MATCHED: _("Подбор пар готов"),
    News.NOT_MATCHED: _("Подбор пар не удался"),
    News.IMPORTED: _("Загрузка файлов выполнена"),
    News.IMPORT_CHECKED: _("Файлы проверены: загрузка ждёт подтверждения"),
    News.IMPORT_STOPPED: _("Загрузка файлов не выполнена и ждёт вас"),
    News.WITHDRAWN: _("Согласие отозвано"),
}


class Notice(models.Model):
    """One thing that an account is told: a word and the id of what it is about, never a name.

    ``about`` is a pair, a proposal, a response, a concern, a request, a paper, a run, an import or a consent, by the
    word. Of one thing once a day; ``day`` is the one that the news is of, ``at`` when it was told.
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


class Preference(models.Model):
    """How an account wants to be told; there is one once its owner has chosen anything.

    ``email`` is confirmed and nothing else: what its owner typed stands in ``wanted`` until he has opened the link that
    was sent there. ``off`` holds ``"<kind>:<channel>"``. ``refused_at``: the server knew no such address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preference")
    email = models.CharField(_("адрес почты"), max_length=254, blank=True)
    confirmed_at = models.DateTimeField(_("когда подтверждён"), null=True, blank=True)
    wanted = models.CharField(_("адрес, который ждёт подтверждения"), max_length=254, blank=True)
    wanted_at = models.DateTimeField(_("когда попросили подтвердить"), null=True, blank=True)
    refused_at = models.DateTimeField(_("когда почта отказалась от адреса"), null=True, blank=True)
    off = models.JSONField(_("что выключено"), default=list, blank=True)
    digest = models.CharField(_("ежедневная сводка"), max_length=8, blank=True, default=Window.MORNING.value)

    def __str__(self) -> str:
        return str(self.user_id)

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Tell whether a sort of news is wanted by a channel; by mail only with a confirmed address."""
        return f"{kind.value}:{channel.value}" not in self.off and (channel is Channel.PRODUCT or bool(self.email))


class Letter(models.Model):
    """One letter to an account: what it is about, and what became of it. The address is read when it is sent.

    ``data`` of news: ``{"news": word}``; of a digest: ``{"counts": {word: number}}``. ``key`` makes it one, however
    often its task runs. ``SENDING`` is written before the server is given the letter: whoever dies after that leaves
    it ``LOST``, never sent twice.
    """

    class Sort(models.TextChoices):
        """What it is."""

        NEWS = "news", _("уведомление")
        DIGEST = "digest", _("сводка")
        CONFIRM = "confirm", _("подтверждение адреса")

    class State(models.TextChoices):
        """Life of a letter."""

        WAITING = "waiting", _("Ждёт отправки")
        SENDING = "sending", _("Отправляется")
        SENT = "sent", _("Отправлено")
        FAILED = "failed", _("Не отправлено")
        LOST = "lost", _("Неизвестно, ушло ли")
        DROPPED = "dropped", _("Уже не нужно")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the constraint begins with it.
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="letters", db_index=False)
    sort = models.CharField(_("вид письма"), max_length=8, choices=Sort)
    key = models.CharField(_("отличие от других писем"), max_length=80)
    data = models.JSONField(_("о чём: слово или числа"), default=dict)
    state = models.CharField(_("что с ним"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("попыток"), default=0)
    created_at = models.DateTimeField(_("когда написано"))
    due_at = models.DateTimeField(_("когда отправлять"), db_index=True)
    settled_at = models.DateTimeField(_("когда отправлено или оставлено"), null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="letter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.sort} {self.state}"
