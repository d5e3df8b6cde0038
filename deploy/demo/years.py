"""The programme year of each demonstration school: begun by the product's own service, as far as its work has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import transaction

from core.authz import system_actor
from core.tenancy import region, school
from deploy.demo.build import DemoSchool
from deploy.demo.plan import Situation
from deploy.demo.stages import LIVED, Stage
from schools.people.models import Person
from schools.people.school_year import first_day_of, school_year_of
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_services import TaskData, YearData, edit_task, mark_task, start_year
from schools.programme.years import who_can_be_responsible
from tenants.registry.models import School

# Up to which stage everything is done, and in which some tasks are under way. Who has sent nothing yet has no year.
_REACHED: Final = {
    Situation.NO_CONSENTS: (1, 2),
    Situation.REFUSED_ROWS: (1, 2),
    Situation.UNSIGNED_ORDER: (4, 5),
    Situation.ORDINARY: (5, 6),
    Situation.ENDED_PAIRS: (5, 6),
    Situation.ABOVE_TARGET: (5, 6),
}
# A school that lives its year stands where its life does.
_REACHED_AT: Final = {
    Stage.BEGUN: (0, 1),
    Stage.ASKING: (1, 2),
    Stage.MATCHING: (3, 4),
    Stage.WORKING: (5, 6),
    Stage.CLOSED: (0, 1),
}
_ALL_STAGES = 99
_UNDER_WAY = 2


def begin_years(schools: Iterable[DemoSchool], day: date) -> int:
    """Start the year of every school that has people and no year yet; return how many were started."""
    with region():
        schemas = dict(School.objects.filter(state=School.State.READY).values_list("code", "schema_name"))
    begun = 0
    for place in schools:
        if place.code in schemas and place.situation in _REACHED:
            with school(schemas[place.code]), transaction.atomic():
                begun += _begin(place.situation, LIVED.get(place.code), day)
    return begun


def _begin(situation: Situation, stage: Stage | None, day: date) -> bool:
    if ProgrammeYear.objects.exists():
        return False
    # From May the school year that is spoken of has not begun: its programme is being prepared.
    this_year = school_year_of(day)
    profiles = ["r-145", "az-1128"] if situation is Situation.ABOVE_TARGET else ["r-145"]
    actor, last = system_actor("demo"), None
    if stage is Stage.CLOSED:
        # It has been through a whole year before, and goes on from it.
        last = start_year(actor=actor, data=YearData(starts_on=first_day_of(this_year - 1)), profiles=profiles)
        _mark(last, _ALL_STAGES, 0, day)
    data = YearData(starts_on=first_day_of(this_year))
    if last is not None:
        year = start_year(actor=actor, data=data, copy_of=last.pk)
    else:
        year = start_year(actor=actor, data=data, profiles=profiles)
    _mark(year, *(_REACHED_AT[stage] if stage else _REACHED[situation]), day)
    return True


def _mark(year: ProgrammeYear, done: int, under_way: int, day: date) -> None:
    """Mark the tasks as the school's staff would, one by one; those to come have somebody responsible."""
    actor, people = system_actor("demo"), who_can_be_responsible(day)[:2]
    first: dict[str, int] = {}
    for task in ProgrammeTask.objects.filter(year=year).order_by("stage_number", "position"):
        # Stages of a second profile go on counting after those of the first: both go on side by side.
        stage = task.stage_number - first.setdefault(task.profile, task.stage_number) + 1
        if stage <= done:
            mark_task(actor=actor, task_id=task.pk, state=ProgrammeTask.State.DONE)
        elif stage == under_way and task.position <= _UNDER_WAY:
            mark_task(actor=actor, task_id=task.pk, state=ProgrammeTask.State.WORK)
        if stage > done and task.position <= len(people):
            edit_task(actor=actor, task_id=task.pk, data=_with_responsible(task, people[task.position - 1]))


def _with_responsible(task: ProgrammeTask, person: Person) -> TaskData:
    kept = ("title", "term", "due_on", "responsible_words", "result", "product")
    return TaskData(stage=task.stage_number, responsible=[person.pk], **{name: getattr(task, name) for name in kept})
