"""Who may see, keep and mark the tasks of the programme year."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied
from schools.programme.models import ProgrammeTask


def may_keep_year(actor: Actor) -> Decision:
    """Whether the actor may start a year, change its tasks and say who is responsible."""
    return actor.has("programme.edit")


def may_mark_task(actor: Actor, task: ProgrammeTask) -> Decision:
    """Whether the actor may say how far a task is: who keeps the year, and who is responsible for the task."""
    if actor.has("programme.edit") or (actor.person_id is not None and actor.person_id in task.responsible):
        return ALLOWED
    return Denied(_("Отмечает дело тот, кто за него отвечает, координатор или директор."))
