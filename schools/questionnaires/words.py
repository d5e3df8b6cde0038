"""How states and faults of questionnaires are said on screen."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from core.ui.components import Status
from schools.questionnaires.domain import ResponseState
from tenants.reference.items import ITEM_TYPES

RESPONSE_STATUS: Final = {
    ResponseState.ASKED: Status("wait", _("Ждёт ответа")),
    ResponseState.DRAFT: Status("work", _("Начата, не отправлена")),
    ResponseState.SUBMITTED: Status("ok", _("Ответ получен")),
    ResponseState.REOPENED: Status("work", _("Возвращена для исправления")),
}
ITEM_WORDS: Final = dict(ITEM_TYPES)
# Codes, so that the record holds no words about anybody. ``paper``: what follows is entered from paper.
FROM_PAPER: Final = "paper"
CHANGED_MEANWHILE: Final = _(
    "%(name)s: пока вы писали, эту анкету изменил другой сотрудник. Если записать ещё раз, останутся ваши ответы; "
    "чтобы увидеть его ответы, откройте лист заново."
)
NOT_ON_SHEET: Final = _("этой анкеты на вашем листе больше нет, ответы с бумаги не записаны.")
ANSWERS_HIMSELF: Final = _(
    "он сам начал отвечать или ответил, ответы с бумаги не записаны. Если верна бумага, верните его анкету с причиной "
    "«Исправление с бумаги: внесёт сотрудник»."
)
REOPEN_REASONS: Final = {
    "asked": _("Попросил сам ответивший"),
    "mistake": _("В ответах ошибка"),
    "incomplete": _("Ответы неполные"),
    FROM_PAPER: _("Исправление с бумаги: внесёт сотрудник"),
    "other": _("Другая причина"),
}
_ANSWER_FAULTS: Final = {
    "required": _("Ответьте на этот вопрос."),
    "scale": _("Нужно целое число от 1 до 10."),
    "yes_no": _("Нужно «да» или «нет»."),
    "text": _("Напишите ответ словами."),
    "long": _("Ответ длиннее 4000 знаков."),
    "option": _("Такого варианта в списке нет."),
    "people": _("Выберите людей из списка, не больше, чем разрешено."),
}
_MOVE_FAULTS: Final = {
    "closed": _("Опрос закрыт: ответы больше не принимаются."),
    "submitted": _("Анкета уже отправлена."),
    "not_submitted": _("Анкета ещё не отправлена."),
    "not_awaited": _(
        "Нового ответа от этого человека не ждут: он выбыл из школы или отозвал согласие. Прежние ответы остаются в "
        "итогах."
    ),
}

# Stands at the question about taking part.
WHOLE_BY_NO: Final = _("Если «нет», на остальное можно не отвечать.")


# Said to whoever withdrew, and to whoever enters his answers.
WITHDRAWN: Final = _("Согласие отозвано: ответы больше не принимаются.")
WITHDRAWN_STATUS: Final = Status("info", _("Закрыта: согласие отозвано"))


def answer_fault(code: str) -> str:
    """Return the sentence at an answer that does not fit."""
    return str(_ANSWER_FAULTS[code])


def move_fault(code: str) -> str:
    """Return why the state does not allow an act."""
    return str(_MOVE_FAULTS[code])
