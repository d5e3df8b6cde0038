"""What an editor of a year, of a task or of a mark saw of it, and the refusal when somebody else was there first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from schools.people.editions import Acts, edition_of, in_words, refuse_overtaken
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.years import names_of
from tenants.reference.products import product_of

_YEAR: Final = ("title", "starts_on", "ends_on")
_TASK: Final = ("title", "stage", "term", "due_on", "responsible", "responsible_words", "result", "product")
_MARK: Final = ("state", "note")


def year_values(year: ProgrammeYear) -> dict[str, Any]:
    """Return what is typed of a year."""
    return {name: getattr(year, name) for name in _YEAR}


def task_values(task: ProgrammeTask) -> dict[str, Any]:
    """Return what is typed of a task; its stage by number."""
    return {name: task.stage_number if name == "stage" else getattr(task, name) for name in _TASK}


def mark_values(task: ProgrammeTask) -> dict[str, Any]:
    """Return what is typed of a mark."""
    return {name: getattr(task, name) for name in _MARK}


def task_typed(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a typed task as :func:`task_values` does a stored one."""
    return {name: list(typed[name]) if name == "responsible" else typed[name] for name in _TASK}


def refuse_overtaken_year(year: ProgrammeYear, seen: str | None, *, typed: Mapping[str, Any]) -> None:
    """Refuse to overwrite a year that is held.

    :raises FaultyActError: somebody else has changed since what was seen.
    """
    values = year_values(year)
    acts = Acts("programme.year", year.pk, ["programme.year_changed"])
    words = {name: in_words(value) for name, value in values.items()}
    refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)


def refuse_overtaken_task(task: ProgrammeTask, seen: str | None, *, typed: Mapping[str, Any]) -> None:
    """Refuse to overwrite a task that is held.

    :raises FaultyActError: as for a year.
    """
    if seen is None:
        return
    values, product, names = task_values(task), product_of(task.product), names_of([task])
    words = {name: in_words(value) for name, value in values.items()}
    words["stage"], words["product"] = task.stage, str(product.label) if product else task.product
    words["responsible"] = ", ".join(names[pk] for pk in task.responsible if pk in names)
    acts = Acts("programme.task", task.pk, ["programme.task_changed"])
    refuse_overtaken(seen=seen, values=values, typed=task_typed(typed), words=words, acts=acts)


def refuse_overtaken_mark(task: ProgrammeTask, seen: str | None, *, typed: Mapping[str, Any]) -> None:
    """Refuse to overwrite the mark of a task that is held.

    :raises FaultyActError: as for a year.
    """
    words = {"state": str(task.get_state_display()), "note": task.note}
    acts = Acts("programme.task", task.pk, ["programme.task_marked"])
    refuse_overtaken(seen=seen, values=mark_values(task), typed=typed, words=words, acts=acts)


def edition_of_year(year: ProgrammeYear) -> str:
    """Return the edition of a year."""
    return edition_of(year_values(year))


def edition_of_task(task: ProgrammeTask) -> str:
    """Return the edition of a task without its mark."""
    return edition_of(task_values(task))


def edition_of_mark(task: ProgrammeTask) -> str:
    """Return the edition of a task's mark."""
    return edition_of(mark_values(task))
