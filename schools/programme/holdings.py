"""What the tables of the programme year hold of a person: for which tasks he is responsible."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from schools.programme.models import ProgrammeTask, ProgrammeYear, SchoolForm
from schools.rights.registry import Holding, Subject, register_exempt, register_holdings


def _tasks(subject: Subject) -> QuerySet[ProgrammeTask]:
    return ProgrammeTask.objects.filter(responsible__overlap=list(subject.ids)).order_by("pk")


def _own_place(row: ProgrammeTask, subject: Subject) -> list[UUID]:
    return [pk for pk in row.responsible if pk in subject.ids]


def _forget(subject: Subject, day: date) -> None:
    """Leave the tasks to the others who are responsible; the usual roles stay in words."""
    for task in _tasks(subject).select_for_update():
        task.responsible = [pk for pk in task.responsible if pk not in subject.ids]
        task.save(update_fields=["responsible"])


def register() -> None:
    """Tell of these tables."""
    register_holdings(
        Holding(
            model=ProgrammeTask,
            title=gettext_lazy("Дела года программы"),
            category=gettext_lazy("сведения об учёбе и работе"),
            find=_tasks,
            destroy=_forget,
            show={"responsible": _own_place},
        )
    )
    register_exempt(
        {
            ProgrammeYear: "title, days and profiles of a year; people stand in its tasks",
            SchoolForm: "a form of mentoring and the kinds of people on its sides, nobody by name",
        }
    )
