"""Who answers for tasks of the current year, as the school's orders name it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils import timezone

from schools.papers.duties import Duty
from schools.people.models import Person
from schools.people.selectors import with_enrolments
from schools.programme.models import ProgrammeTask
from schools.programme.years import year_of_day


def duties_of_year(codes: Collection[str]) -> Mapping[str, Duty]:
    """Return people and day of today's year's tasks by their ``product``; of several of one, the first that says more.

    A task that is not needed says nothing, and whose data were destroyed is nobody.
    """
    year = year_of_day(timezone.localdate())
    if year is None:
        return {}
    tasks = ProgrammeTask.objects.filter(year=year, product__in=codes).exclude(state=ProgrammeTask.State.SKIP)
    found: dict[str, ProgrammeTask] = {}
    for task in tasks.order_by("stage_number", "position", "pk"):
        known = found.get(task.product)
        if known is None or (not known.responsible and not known.due_on):
            found[task.product] = task
    ids = {pk for task in found.values() for pk in task.responsible}
    rows = with_enrolments(Person.objects.filter(pk__in=ids, destroyed_at__isnull=True)) if ids else ()
    people = {person.pk: person for person in rows}
    return {
        code: Duty(tuple(people[pk] for pk in task.responsible if pk in people), task.due_on)
        for code, task in found.items()
    }
