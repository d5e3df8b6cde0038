"""What the school's data say about a task of the year: offered to people as words, never set by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from schools.programme.home import Numbers
from schools.programme.models import ProgrammeTask
from schools.programme.years import StageTasks


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known in words, and whether by it the task is done."""

    words: str
    is_done: bool


def evidence(found: Numbers) -> Mapping[str, Evidence]:
    """Return what is certain, by the code of the page where it is done; what nobody can tell from data is left out."""
    return {
        "people": Evidence(_("Числится: %(count)s") % {"count": found.enrolled}, found.enrolled > 0),
        "consents": Evidence(
            _("Есть у %(done)s из %(total)s") % {"done": found.consented, "total": found.enrolled},
            found.consented > 0 and not found.without_consent,
        ),
        "pairs": Evidence(
            _("Действует пар: %(acting)s, ждут приказа: %(waiting)s")
            % {"acting": found.pairs_acting, "waiting": found.pairs_waiting},
            found.pairs_acting + found.pairs_waiting > 0,
        ),
        "orders": Evidence(
            _("Ждут приказа: %(count)s") % {"count": found.pairs_waiting},
            found.pairs_acting > 0 and not found.pairs_waiting,
        ),
    }


def offered_as_done(task: ProgrammeTask, known: Mapping[str, Evidence]) -> Evidence | None:
    """Return the evidence by which an open task can be marked as done, if there is any."""
    found = known.get(task.product)
    is_open = task.state in (ProgrammeTask.State.TODO, ProgrammeTask.State.WORK)
    return found if found is not None and found.is_done and is_open else None


def offered_tasks(stages: Iterable[StageTasks], known: Mapping[str, Evidence]) -> Collection[UUID]:
    """Return the ids of the open tasks that by the data are done."""
    return {task.pk for stage in stages for task in stage.tasks if offered_as_done(task, known)}
