"""How acts upon people are said on screen and in the API."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.ui.components import Status, Task, TaskGroup
from schools.people.school_year import Outcome
from tenants.transfers.models import Transfer
from tenants.transfers.selectors import number_of_offers

OUTCOMES: Final = {
    Outcome.PROMOTE: _("переходит в следующий класс"),
    Outcome.REPEAT: _("остаётся на второй год"),
    Outcome.GRADUATE: _("выпускается"),
    Outcome.LEAVE: _("выбывает"),
    Outcome.SKIP: _("не переводить"),
}

TRANSFER_STATUS: Final = {
    str(Transfer.State.OFFERED): Status("wait", _("Ждёт решения новой школы")),
    str(Transfer.State.ACCEPTED): Status("ok", _("Принят новой школой")),
    str(Transfer.State.DECLINED): Status("stop", _("Отклонён новой школой")),
    str(Transfer.State.WITHDRAWN): Status("none", _("Отозван вами")),
    str(Transfer.State.EXPIRED): Status("none", _("Срок истёк, сведения удалены")),
}


def transfer_tasks() -> list[TaskGroup]:
    """Return the home page's line about pupils whom other schools offer; nothing while nobody waits. One query."""
    waiting = number_of_offers()
    if not waiting:
        return []
    task = Task(
        gettext("Принять учеников из других школ"),
        Status("wait", gettext("Ждёт вашего решения")),
        reverse("people:transfers"),
        gettext("Ждут: %(count)s") % {"count": waiting},
    )
    return [TaskGroup(gettext("Переводы между школами"), [task])]
