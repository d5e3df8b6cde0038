"""Requests to destroy somebody's data and the acts they end with: no names, only ids, dates and counts."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.rights import domain


class Destruction(models.Model):
    """A request to destroy a person's data, from its registration to the act.

    ``person_id`` is the card, without a foreign key: it outlives the card and then points to nothing, or to a row that
    says no more than «Удалённое лицо № N» with this ``number``. Names are on paper, under the paper's number and date.
    ``destroyed`` lists what went as pairs ``[category, rows]``.
    """

    class AskedBy(models.TextChoices):
        """Who asked."""

        SUBJECT = "subject", _("сам субъект персональных данных")
        REPRESENTATIVE = "representative", _("законный представитель")
        AUTHORITY = "authority", _("Роскомнадзор или суд")
        SCHOOL = "school", _("школа: цель обработки достигнута")

    class Basis(models.TextChoices):
        """Why; the term depends on it."""

        WITHDRAWN = domain.WITHDRAWN, _("отзыв согласия (152-ФЗ, ст. 21 ч. 5: 30 дней)")
        FINISHED = domain.FINISHED, _("цель обработки достигнута (152-ФЗ, ст. 21 ч. 4: 30 дней)")
        NOT_NEEDED = domain.NOT_NEEDED, _("данные не нужны для заявленной цели (152-ФЗ, ст. 20 ч. 3: 7 рабочих дней)")
        UNLAWFUL = domain.UNLAWFUL, _("неправомерная обработка (152-ФЗ, ст. 21 ч. 3: 10 рабочих дней)")

    class State(models.TextChoices):
        """Life of a request."""

        OPEN = "open", _("Ждёт исполнения")
        DONE = "done", _("Исполнен")
        DROPPED = "dropped", _("Снят")

    class Dropped(models.TextChoices):
        """Why a request was dropped."""

        TAKEN_BACK = "taken_back", _("заявитель отозвал запрос")
        MUST_KEEP = "must_keep", _("закон обязывает хранить данные дальше")
        MISTAKE = "mistake", _("запрос внесён по ошибке")

    class Method(models.TextChoices):
        """What became of the card."""

        DESTROYED = "destroyed", _("удаление записей из базы данных")
        STRIPPED = "stripped", _("удаление записей и обезличивание участия в парах по приказам")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(_("номер запроса"), unique=True)
    person_id = models.UUIDField(db_index=True)
    asked_by = models.CharField(_("кто обратился"), max_length=14, choices=AskedBy)
    basis = models.CharField(_("основание"), max_length=10, choices=Basis)
    asked_on = models.DateField(_("дата обращения"))
    paper_number = models.CharField(_("входящий номер бумаги"), max_length=40, blank=True)
    due_on = models.DateField(_("исполнить не позднее"))
    state = models.CharField(_("состояние"), max_length=7, choices=State, default=State.OPEN)
    registered_by = models.UUIDField()
    registered_at = models.DateTimeField()
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    dropped_because = models.CharField(_("почему снят"), max_length=10, choices=Dropped, blank=True)
    act_number = models.CharField(_("номер акта"), max_length=40, blank=True)
    act_date = models.DateField(_("дата акта"), null=True)
    method = models.CharField(_("способ"), max_length=9, choices=Method, blank=True)
    destroyed = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person_id"], condition=models.Q(state="open"), name="one_open_destruction"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)
