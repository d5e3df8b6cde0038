"""Tasks for which one of two cards is responsible that are found to be one person's."""

from __future__ import annotations

from uuid import UUID

from schools.people.joining import register_join
from schools.programme.models import ProgrammeTask


def join_tasks(kept: UUID, gone: UUID) -> None:
    """Put the kept card in the place of the other; of one that had both, it stands once."""
    for task in ProgrammeTask.objects.select_for_update().filter(responsible__contains=[gone]):
        task.responsible = list(dict.fromkeys(kept if pk == gone else pk for pk in task.responsible))
        task.save(update_fields=["responsible"])


def register() -> None:
    """Take care of tasks in every merge."""
    register_join("programme", (ProgrammeTask,), join_tasks)
