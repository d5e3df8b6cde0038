"""How requests are said on pages."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.authz import Actor
from core.ui.components import Status, Task, TaskGroup
from schools.rights.models import Destruction
from schools.rights.selectors import days_left, waiting_destructions

_SOON_DAYS: Final = 7
# What the law calls an information system of personal data, as acts name it.
SYSTEM: Final = gettext_lazy("Информационная система наставничества (база данных школы)")


def status_of(request: Destruction, day: date) -> Status:
    """Return where a request stands, with the days that are left."""
    if request.state == Destruction.State.DONE:
        return Status("ok", _("Данные уничтожены"))
    if request.state == Destruction.State.DROPPED:
        return Status("none", _("Снят"))
    left = days_left(request, day)
    if left < 0:
        return Status("stop", _("Срок прошёл"))
    words = ngettext("Остался %(count)s день", "Осталось дней: %(count)s", left) % {"count": left}
    return Status("wait" if left <= _SOON_DAYS else "work", words)


def subject_words(request: Destruction) -> str:
    """Return what a destroyed person is called in papers: the request's number and date, no name."""
    return _("лицо, указанное в запросе № %(number)s от %(day)s") % {
        "number": request.paper_number or request.number,
        "day": f"{request.asked_on:%d.%m.%Y}",
    }


def home_tasks(actor: Actor, day: date) -> list[TaskGroup]:
    """Return what waits on the home page: each request with the days that are left; nothing when none waits."""
    waiting = waiting_destructions(actor)
    if not waiting:
        return []
    tasks = [
        Task(
            _("Уничтожить персональные данные: запрос № %(number)s") % {"number": row.number},
            status_of(row, day),
            reverse("rights:request", args=[row.pk]),
            _("Исполнить не позднее %(day)s") % {"day": f"{row.due_on:%d.%m.%Y}"},
        )
        for row in waiting
    ]
    return [TaskGroup(_("Права людей на свои данные"), tasks)]
