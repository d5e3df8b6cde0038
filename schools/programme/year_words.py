"""How the year and its tasks are said: states, terms, who is responsible, where a task is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.authz import Actor
from core.ui.components import Status, Task
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.years import StageTasks, State
from tenants.reference.products import product_of, products


@dataclass(frozen=True, slots=True)
class Fold:
    """A stage as it is shown: folded unless something in it goes on."""

    stage: StageTasks
    title: str
    progress: str
    tasks: list[Task]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """The stages of one profile; ``title`` is empty where the year has only one. ``done`` are put out of the way."""

    title: str
    done: list[Fold]
    left: list[Fold]


@dataclass(frozen=True, slots=True)
class RoadmapRow:
    """A row of the roadmap."""

    stage: str
    title: str
    term: str
    responsible: str
    result: str
    state: str


@dataclass(frozen=True, slots=True)
class RoadmapStage:
    """A stage of the roadmap; ``shelf`` is the title of its profile where that begins, in a year of several.

    ``key`` tells two stages of one title apart on a page.
    """

    key: str
    shelf: str
    title: str
    progress: str
    rows: list[RoadmapRow]
    is_open: bool


def is_late(task: ProgrammeTask, day: date) -> bool:
    """Tell whether a task's date has passed and it is still open."""
    return task.due_on is not None and task.due_on < day and task.state in (State.TODO, State.WORK)


def status_of_task(task: ProgrammeTask, day: date) -> Status:
    """Return the state in a word."""
    if is_late(task, day):
        return Status("stop", _("Срок прошёл"))
    return {
        State.TODO: Status("none", _("Не начато")),
        State.WORK: Status("work", _("В работе")),
        State.DONE: Status("ok", _("Сделано")),
        State.SKIP: Status("info", _("Не нужно")),
    }[State(task.state)]


def term_of_task(task: ProgrammeTask) -> str:
    """Return the term in words, with the date where there is one."""
    day = _("до %(day)s") % {"day": date_format(task.due_on, "d.m.Y")} if task.due_on else ""
    return ", ".join(filter(None, [task.term, day]))


def responsible_of(task: ProgrammeTask, names: Mapping[UUID, str]) -> str:
    """Return who is responsible: people by name, else the usual roles."""
    people = [names[pk] for pk in task.responsible if pk in names]
    return ", ".join(people) or task.responsible_words


def progress_of(stage: StageTasks) -> str:
    """Return «3 из 7»; tasks that are not needed do not count."""
    return _("%(done)s из %(total)s") % {"done": stage.done, "total": stage.needed}


def folds(
    year: ProgrammeYear, stages: list[StageTasks], day: date, offered: Collection[UUID] = frozenset()
) -> list[Fold]:
    """Return the stages for a page; without names of people. Open are those in which something goes on.

    ``offered`` are the ids of tasks that by the data are done: they say so, and wait to be marked.
    """
    going_on = [row.number for row in stages if row.is_under_way or any(is_late(task, day) for task in row.tasks)]
    first_left = next((row.number for row in stages if row.done < row.needed), 0)
    found = []
    for stage in stages:
        tasks = [_line(task, day, is_offered=task.pk in offered) for task in stage.tasks]
        is_open = stage.number in going_on or (not going_on and stage.number == first_left)
        found.append(Fold(stage, stage.title, progress_of(stage), tasks, is_open))
    return found


def shelves(year: ProgrammeYear, found: list[Fold]) -> list[Shelf]:
    """Return the stages profile by profile, so that none has to say whose it is; done ones apart from what is left.

    One done stage alone saves nobody any room and stays where it is.
    """
    titles = {row["code"]: row["title"] for row in year.profiles}
    shown = []
    for code, rows in groupby(found, key=lambda fold: fold.stage.profile):
        stages = list(rows)
        done = [fold for fold in stages if 0 < fold.stage.needed == fold.stage.done and not fold.is_open]
        done = done if len(done) > 1 else []
        title = titles.get(code, "") if len(titles) > 1 else ""
        shown.append(Shelf(title, done, [fold for fold in stages if fold not in done]))
    return shown


def _line(task: ProgrammeTask, day: date, *, is_offered: bool) -> Task:
    hints = [term_of_task(task), _("судя по данным, сделано: откройте и отметьте") if is_offered else ""]
    address = reverse("programme:task", args=[task.pk])
    return Task(task.title, status_of_task(task, day), address, "; ".join(filter(None, hints)))


def roadmap(stages: list[StageTasks], names: Mapping[UUID, str], day: date) -> list[RoadmapRow]:
    """Return the roadmap's rows; tasks that are not needed are not on it."""
    return [row for stage in stages for row in _rows_of(stage, names, day)]


def _rows_of(stage: StageTasks, names: Mapping[UUID, str], day: date) -> list[RoadmapRow]:
    return [
        RoadmapRow(
            stage.title,
            task.title,
            term_of_task(task),
            responsible_of(task, names),
            task.result,
            str(status_of_task(task, day).text),
        )
        for task in stage.tasks
        if task.state != State.SKIP
    ]


# So many rows fit a few screens of a phone: there is nothing to fold.
_FEW_ROWS = 12


def roadmap_stages(
    year: ProgrammeYear,
    stages: list[StageTasks],
    names: Mapping[UUID, str],
    day: date,
    *,
    next_task: ProgrammeTask | None,
    is_whole: bool,
) -> list[RoadmapStage]:
    """Return the roadmap stage by stage. Open is the one with the next step; all of a short one, or when asked to."""
    titles = {row["code"]: row["title"] for row in year.profiles}
    rows = [(stage, _rows_of(stage, names, day)) for stage in stages]
    is_whole = is_whole or sum(len(lines) for _stage, lines in rows) <= _FEW_ROWS
    found, profile = [], None
    for stage, lines in rows:
        if not lines:
            continue
        shelf = titles.get(stage.profile, "") if len(titles) > 1 and stage.profile != profile else ""
        profile = stage.profile
        is_open = is_whole or next_task in stage.tasks
        found.append(RoadmapStage(f"stage-{stage.number}", shelf, stage.title, progress_of(stage), lines, is_open))
    return found


def address_of(actor: Actor, code: str) -> str:
    """Return the address of the page where a task is done; empty for none, or one the actor may not open."""
    product = product_of(code)
    if product is None or not actor.has(product.permission):
        return ""
    try:
        return reverse(product.url_name) + product.query
    except NoReverseMatch:
        return ""


def page_of(actor: Actor, permission: str, name: str, pk: UUID) -> str:
    """Return the address of one thing's page; empty for somebody who may not open such pages."""
    return reverse(name, args=[pk]) if actor.has(permission) else ""


def product_choices(current: str = "") -> list[tuple[str, str]]:
    """Return the pages a task may lead to; a code that no page has stays choosable where it stands already."""
    known = [(row.code, str(row.label)) for row in products()]
    return known if not current or current in dict(known) else [*known, (current, current)]
