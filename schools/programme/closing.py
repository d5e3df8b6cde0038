"""What a school that closes has left to do, counted on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.authz import Actor, enforce
from core.ui.components import Status, Task, TaskGroup
from schools.imports.models import ImportJob
from schools.imports.selectors import jobs_visible_to
from schools.pairs.selectors import acting_q, drafts, pairs_visible_to
from tenants.provisioning.archive.asking import own_archive
from tenants.provisioning.models import Archive
from tenants.registry.routing import SchoolRoute

_UNFINISHED = (
    ImportJob.State.COLUMNS,
    ImportJob.State.CHECKING,
    ImportJob.State.CHECKED,
    ImportJob.State.APPLYING,
)


@dataclass(frozen=True, slots=True)
class Remaining:
    """The counts: pairs in force, pairs without an order, imports not finished; and whether the archive is taken."""

    closing_on: date | None
    reason: str
    pairs_acting: int
    pairs_waiting: int
    imports: int
    archive: Archive | None

    @property
    def is_archive_taken(self) -> bool:
        """Tell whether the newest archive has been taken."""
        return self.archive is not None and self.archive.taken_at is not None


def remaining(actor: Actor, route: SchoolRoute, day: date) -> Remaining:
    """Return what is left to do before the school closes. Runs in the school.

    :raises RefusedError: when the actor may not take the archive: closing is the director's.
    """
    enforce(actor.has("archive.take"))
    return Remaining(
        closing_on=route.closing_on,
        reason=route.closing_reason,
        pairs_acting=pairs_visible_to(actor).filter(acting_q(day)).count(),
        pairs_waiting=drafts(actor).count(),
        imports=jobs_visible_to(actor).filter(state__in=_UNFINISHED).count(),
        archive=own_archive(actor),
    )


def tasks_of(found: Remaining) -> list[TaskGroup]:
    """Return the same as a list of tasks, each leading to where it is done."""
    return [
        TaskGroup(
            _("Завершить работу"),
            [
                _counted(_("Завершить или передать действующие пары"), found.pairs_acting, reverse("pairs:list")),
                _counted(_("Утвердить или удалить пары без приказа"), found.pairs_waiting, reverse("orders:list")),
                _counted(_("Закончить или отменить загрузки"), found.imports, reverse("imports:list")),
            ],
        ),
        TaskGroup(_("Передать данные"), [_archive(found)]),
    ]


def _counted(title: str, left: int, url: str) -> Task:
    status = Status("work", _("Осталось")) if left else Status("ok", _("Сделано"))
    return Task(title, status, url, _("Осталось: %(count)s") % {"count": left} if left else "")


def _archive(found: Remaining) -> Task:
    if found.is_archive_taken and found.archive is not None and found.archive.made_at is not None:
        made = date_format(found.archive.made_at, "d.m.Y H:i")
        hint = _("Архив сделан %(made)s. Если после этого что-то изменилось, подготовьте новый.") % {"made": made}
        return Task(_("Забрать архив школы"), Status("ok", _("Сделано")), reverse("archive:page"), hint)
    hint = _("Последним, когда остальное сделано: в архив попадёт всё, что есть на эту минуту.")
    return Task(_("Забрать архив школы"), Status("wait", _("Не забран")), reverse("archive:page"), hint)
