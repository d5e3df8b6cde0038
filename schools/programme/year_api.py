"""Endpoints of the programme year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import XLSX, ApiView, File, operation
from core.audit.services import record
from core.authz import Actor
from schools.programme import year_serializers as shapes
from schools.programme import year_services, years
from schools.programme.evidence import known_to
from schools.programme.models import ProgrammeTask, ProgrammeYear
from schools.programme.year_export import roadmap_file


class YearsEndpoint(ApiView):
    """Years of the programme."""

    tag = "programme"

    @operation(_("Годы программы"), needs=("programme.view",), answer=shapes.YearAnswer, pages=("-starts_on",))
    def get(self, actor: Actor) -> QuerySet[ProgrammeYear]:
        """Return the years, the latest first."""
        return years.all_years(actor)

    @operation(
        _("Начать год программы"),
        needs=("programme.edit",),
        description=_("По профилям региона или копией года: дела, сроки и ответственные, отметки заново."),
        body=shapes.NewYearBody,
        answer=shapes.YearAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> ProgrammeYear:
        """Start a year."""
        source = {"profiles": body["profiles"], "copy_of": body["copy_of"]}
        return year_services.start_year(actor=actor, data=shapes.year_data(body), **source)


class YearEndpoint(ApiView):
    """One year."""

    tag = "programme"

    @operation(_("Год программы с делами"), needs=("programme.view",), answer=shapes.YearCard)
    def get(self, actor: Actor, year_id: UUID) -> ProgrammeYear:
        """Return it with the tasks that the actor sees, and record that it was seen."""
        year = years.year_for(actor=actor, year_id=year_id)
        record(actor=actor, action="programme.year_viewed", object_type="programme.year", object_id=year.pk)
        return _with_tasks(actor, year)

    @operation(
        _("Изменить название и дни года"), needs=("programme.edit",), body=shapes.YearChange, answer=shapes.YearAnswer
    )
    def put(self, actor: Actor, year_id: UUID, body: dict[str, Any]) -> ProgrammeYear:
        """Change the title and the days."""
        data = shapes.year_data(body)
        return year_services.edit_year(actor=actor, year_id=year_id, data=data, seen=body["version"])

    @operation(
        _("Удалить год, начатый по ошибке"),
        needs=("programme.edit",),
        description=_("Пока ни одно дело не отмечено."),
    )
    def delete(self, actor: Actor, year_id: UUID) -> None:
        """Delete a year in which nothing has begun."""
        year_services.discard_year(actor=actor, year_id=year_id)


class YearProfilesEndpoint(ApiView):
    """Profiles of a year that goes on."""

    tag = "programme"

    @operation(
        _("Добавить профиль в год"),
        needs=("programme.edit",),
        description=_("Этапы и дела встают после тех, что уже есть; отметки остаются."),
        body=shapes.ProfilesBody,
        answer=shapes.YearAnswer,
        status=201,
    )
    def post(self, actor: Actor, year_id: UUID, body: dict[str, Any]) -> ProgrammeYear:
        """Add the tasks of profiles."""
        return year_services.add_profiles(actor=actor, year_id=year_id, profiles=body["profiles"])


class RoadmapFileEndpoint(ApiView):
    """The roadmap as a workbook."""

    tag = "programme"

    @operation(_("Дорожная карта в Excel"), needs=("programme.view",), gives=XLSX)
    def get(self, actor: Actor, year_id: UUID) -> File:
        """Return the workbook and record the export."""
        file = roadmap_file(actor, years.year_for(actor=actor, year_id=year_id), timezone.localdate())
        record(actor=actor, action="programme.roadmap_exported", details={"rows": file.rows})
        return File(file.name, file.content)


class YearTasksEndpoint(ApiView):
    """Tasks of the school's own."""

    tag = "programme"

    @operation(
        _("Добавить своё дело"),
        needs=("programme.edit",),
        body=shapes.TaskBody,
        answer=shapes.TaskAnswer,
        status=201,
    )
    def post(self, actor: Actor, year_id: UUID, body: dict[str, Any]) -> ProgrammeTask:
        """Add a task at the end of its stage."""
        return year_services.add_task(actor=actor, year_id=year_id, data=shapes.task_data(body))


class TaskEndpoint(ApiView):
    """One task."""

    tag = "programme"

    @operation(_("Дело года"), needs=("programme.view",), answer=shapes.TaskCard)
    def get(self, actor: Actor, task_id: UUID) -> ProgrammeTask:
        """Return it and record that it was seen."""
        task = years.task_for(actor=actor, task_id=task_id)
        record(actor=actor, action="programme.task_viewed", object_type="programme.task", object_id=task.pk)
        known = known_to(actor, task.year, timezone.localdate())
        task.evidence = known.of(task) if known is not None else None  # type: ignore[attr-defined]
        return task

    @operation(_("Изменить дело"), needs=("programme.edit",), body=shapes.TaskChange, answer=shapes.TaskAnswer)
    def put(self, actor: Actor, task_id: UUID, body: dict[str, Any]) -> ProgrammeTask:
        """Change what it is, its term and who is responsible."""
        data = shapes.task_data(body)
        return year_services.edit_task(actor=actor, task_id=task_id, data=data, seen=body["version"])

    @operation(_("Удалить своё дело"), needs=("programme.edit",))
    def delete(self, actor: Actor, task_id: UUID) -> None:
        """Delete a task that the school added itself."""
        year_services.remove_task(actor=actor, task_id=task_id)


class TaskMarkEndpoint(ApiView):
    """How far a task is."""

    tag = "programme"

    @operation(
        _("Отметить дело"),
        needs=("programme.view",),
        description=_("Отмечает тот, кто отвечает за дело, или тот, кто ведёт год."),
        body=shapes.MarkBody,
        answer=shapes.TaskAnswer,
    )
    def put(self, actor: Actor, task_id: UUID, body: dict[str, Any]) -> ProgrammeTask:
        """Mark it."""
        seen = body.pop("version")
        return year_services.mark_task(actor=actor, task_id=task_id, seen=seen, **body)


def _with_tasks(actor: Actor, year: ProgrammeYear) -> ProgrammeYear:
    year.shown_tasks = list(years.tasks_visible_to(actor).filter(year=year))  # type: ignore[attr-defined]
    return year


urlpatterns = [
    path("programme/years/", YearsEndpoint.as_view(), name="programme-years"),
    path("programme/years/<uuid:year_id>/", YearEndpoint.as_view(), name="programme-year"),
    path("programme/years/<uuid:year_id>/profiles/", YearProfilesEndpoint.as_view(), name="programme-year-profiles"),
    path("programme/years/<uuid:year_id>/roadmap/", RoadmapFileEndpoint.as_view(), name="programme-roadmap"),
    path("programme/years/<uuid:year_id>/tasks/", YearTasksEndpoint.as_view(), name="programme-year-tasks"),
    path("programme/tasks/<uuid:task_id>/", TaskEndpoint.as_view(), name="programme-task"),
    path("programme/tasks/<uuid:task_id>/mark/", TaskMarkEndpoint.as_view(), name="programme-task-mark"),
]
