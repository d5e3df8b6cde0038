"""Reads of the programme year; a class teacher sees the tasks for which he is responsible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core.authz import Actor
from schools.people.domain import ENROLLED_KINDS
from schools.people.models import Enrolment, Person
from schools.people.school_year import school_year_of, start_of_school_year
from schools.people.selectors import enrolled_q
from schools.programme.models import ProgrammeTask, ProgrammeYear
from tenants.reference.words import YearProfile

State = ProgrammeTask.State


@dataclass(frozen=True, slots=True)
class StageTasks:
    """A stage with those of its tasks that the reader sees, in order."""

    number: int
    title: str
    profile: str
    tasks: tuple[ProgrammeTask, ...]

    @property
    def done(self) -> int:
        """How many tasks are done."""
        return sum(task.state == State.DONE for task in self.tasks)

    @property
    def needed(self) -> int:
        """How many tasks there are without those that are not needed."""
        return sum(task.state != State.SKIP for task in self.tasks)

    @property
    def is_under_way(self) -> bool:
        """Whether something has begun and something is left."""
        return self.done < self.needed and any(task.state in (State.WORK, State.DONE) for task in self.tasks)


def all_years(actor: Actor) -> QuerySet[ProgrammeYear]:
    """Return the school's years, the latest first; nothing for somebody who sees no task."""
    years = ProgrammeYear.objects.order_by("-starts_on")
    return years if actor.reach("programme.view") else years.none()


def current_year(actor: Actor, day: date) -> ProgrammeYear | None:
    """Return the year of a day: the latest under way, else the first to come, else the last that is over, else None."""
    return _of_day(list(all_years(actor)), day)


def is_over(year: ProgrammeYear, day: date) -> bool:
    """Tell whether a year lies behind: by its last day, and without one by the school year that has begun since."""
    if year.ends_on is not None:
        return year.ends_on < day
    return school_year_of(year.starts_on) < start_of_school_year(day).year


def _of_day(years: Sequence[ProgrammeYear], day: date) -> ProgrammeYear | None:
    """Return the year of a day of all, the latest first."""
    begun = [year for year in years if year.starts_on <= day]
    coming = [year for year in years if year.starts_on > day][-1:]
    under_way = [year for year in begun if not is_over(year, day)]
    return next(iter([*under_way, *coming, *begun]), None)


def first_day_under_way(day: date) -> date | None:
    """Return the first day of the programme year that is under way on a day, None when none is; names nobody."""
    begun = ProgrammeYear.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    return begun.order_by("-starts_on").values_list("starts_on", flat=True).first()


def year_of_day(day: date) -> ProgrammeYear | None:
    """Return the year of a day of the school one stands in, whoever asks; for what papers and pages say for all."""
    return _of_day(list(ProgrammeYear.objects.order_by("-starts_on")), day)


def read_profiles_of_year() -> tuple[YearProfile, ...]:
    """Return the profiles of today's year of the school one stands in, whoever asks: they name nobody."""
    year = year_of_day(timezone.localdate())
    return tuple(
        YearProfile(row["code"], row["base_word"], row["programme_word"], tuple(row.get("mentee_kinds") or ()))
        for row in (year.profiles if year is not None else ())
    )


def year_for(*, actor: Actor, year_id: UUID, lock: bool = False) -> ProgrammeYear:
    """Return one year.

    :raises Http404: no such year, or the actor sees no programme.
    """
    rows = all_years(actor).select_for_update() if lock else all_years(actor)
    year = rows.filter(pk=year_id).first()
    if year is None:
        raise Http404
    return year


def tasks_visible_to(actor: Actor) -> QuerySet[ProgrammeTask]:
    """Return the tasks the actor sees: all, or those for which he is responsible."""
    reach = actor.reach("programme.view")
    tasks = ProgrammeTask.objects.all()
    if reach.everything:
        return tasks
    if reach.own and actor.person_id is not None:
        return tasks.filter(responsible__contains=[actor.person_id])
    return tasks.none()


def task_for(*, actor: Actor, task_id: UUID, lock: bool = False) -> ProgrammeTask:
    """Return one task with its year; ``lock`` holds the row until the transaction ends.

    :raises Http404: no such task among those the actor sees.
    """
    rows = tasks_visible_to(actor).select_related("year")
    task = (rows.select_for_update(of=("self",)) if lock else rows).filter(pk=task_id).first()
    if task is None:
        raise Http404
    return task


def stages_of(actor: Actor, year: ProgrammeYear) -> list[StageTasks]:
    """Return the stages of a year with the tasks that the actor sees, in order; one query."""
    return staged(tasks_visible_to(actor).filter(year=year))


def staged(tasks: Iterable[ProgrammeTask]) -> list[StageTasks]:
    """Put tasks, in their order, under their stages."""
    found: dict[int, list[ProgrammeTask]] = {}
    for task in tasks:
        found.setdefault(task.stage_number, []).append(task)
    return [
        StageTasks(number, rows[0].stage, next((row.profile for row in rows if row.profile), ""), tuple(rows))
        for number, rows in sorted(found.items())
    ]


def names_of(tasks: Iterable[ProgrammeTask]) -> dict[UUID, str]:
    """Return «Фамилия Имя Отчество» of everybody responsible; one query. The destroyed are nobody."""
    ids = {pk for task in tasks for pk in task.responsible}
    if not ids:
        return {}
    people = Person.objects.filter(pk__in=ids, destroyed_at__isnull=True)
    return {person.pk: person.full_name for person in people}


def who_can_be_responsible(day: date, *, besides: Sequence[UUID] = ()) -> list[Person]:
    """Return who works in the school on a day, by name, and those who are responsible already."""
    working = Enrolment.objects.filter(enrolled_q(day)).exclude(kind="pupil").filter(kind__in=ENROLLED_KINDS)
    people = Person.objects.filter(destroyed_at__isnull=True)
    return list(
        (people.filter(pk__in=working.values("person")) | people.filter(pk__in=besides)).order_by("folded_name")
    )
