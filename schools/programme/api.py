"""Endpoints over several apps of a school: lists of people, own coverage, record of acts, what the region offers."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, QuerySet, Value, When
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.accounts.serializers import AuditAnswer
from core.api.operations import XLSX, ApiView, File, operation
from core.audit.models import AuditRecord
from core.audit.services import record
from core.authz import Actor
from schools.coverage.selectors import OwnFigure, missing_from, own_coverage
from schools.people.api import created
from schools.people.models import Person
from schools.people.selectors import people_visible_to, with_enrolments
from schools.people.serializers import NewPersonBody, PersonAnswer
from schools.programme import audit
from schools.programme import serializers as shapes
from schools.programme.closing import Remaining, remaining
from schools.programme.export import people_file
from schools.programme.people import people_list
from tenants.provisioning.archive.asking import ask_for_own_archive, own_archive, take
from tenants.provisioning.archive.words import file_name
from tenants.provisioning.models import Archive
from tenants.provisioning.serializers import ArchiveAnswer
from tenants.reference.selectors import consent_kinds_now, definitions_now, forms_now, profiles_now, role_variants_now


class PeopleEndpoint(ApiView):
    """People."""

    tag = "people"

    @operation(
        _("Люди"),
        needs=("people.view",),
        query=shapes.PeopleQuery,
        answer=shapes.PersonWithState,
        pages=("pk",),
        viewed="people.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Person]:
        """Return the people that the actor sees."""
        return people_list(actor, query, timezone.localdate())

    @operation(_("Добавить человека"), needs=("people.edit",), body=NewPersonBody, answer=PersonAnswer, status=201)
    def post(self, actor: Actor, body: dict[str, Any]) -> Person:
        """Add a person, with enrolments when he studies or works here."""
        return created(actor, body)


class PeopleSearchEndpoint(ApiView):
    """People by name."""

    tag = "people"

    @operation(
        _("Найти людей по имени"),
        needs=("people.view",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.PeopleSearch,
        answer=shapes.PersonWithState,
        pages=("pk",),
        viewed="people.list_viewed",
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> QuerySet[Person]:
        """Return the people whose name holds every word."""
        return people_list(actor, body, timezone.localdate())


class PeopleExportEndpoint(ApiView):
    """People as a workbook."""

    tag = "people"

    @operation(
        _("Люди в Excel"),
        needs=("people.view",),
        description=_("Отбор тот же, что у списка; имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=shapes.PeopleExport,
        gives=XLSX,
        acts=False,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        day = timezone.localdate()
        file = people_file(people_list(actor, body, day), day)
        record(actor=actor, action="people.exported", details={"rows": file.rows})
        return File(file.name, file.content)


class OwnCoverageEndpoint(ApiView):
    """The school's own figures."""

    tag = "coverage"

    @operation(
        _("Охват школы"),
        needs=("coverage.view",),
        query=shapes.DayQuery,
        answer=shapes.OwnFigureAnswer,
        many=True,
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> tuple[OwnFigure, ...]:
        """Return the figures by every definition as of a day; counts only."""
        return own_coverage(query.get("day") or timezone.localdate())


class CoverageMissingEndpoint(ApiView):
    """Who is missing from a figure."""

    tag = "coverage"

    @operation(
        _("Кого не хватает в охвате и почему"),
        needs=("coverage.view",),
        query=shapes.CoverageMissingQuery,
        answer=shapes.CoverageMissingAnswer,
        pages=("pk",),
        viewed="coverage.people_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Person]:
        """Return by name who is in the base and does not count.

        :raises Http404: for an unknown definition.
        """
        definitions = definitions_now()
        code = query.get("definition") or (definitions[0].code if definitions else "")
        definition = next((row for row in definitions if row.code == code), None)
        if definition is None:
            raise Http404
        return _missing(actor, definition, query.get("day") or timezone.localdate(), query.get("reason", ""))


def _missing(actor: Actor, definition: Any, day: date, reason: str) -> QuerySet[Person]:
    by_reason: dict[str, list[Any]] = {}
    for row in missing_from(definition, day):
        if not reason or row.reason == reason:
            by_reason.setdefault(row.reason.value, []).append(row.person_id)
    wanted = [pk for keys in by_reason.values() for pk in keys]
    cases = [When(pk__in=keys, then=Value(code)) for code, keys in by_reason.items()]
    said = Case(*cases, default=Value(""), output_field=CharField())
    return with_enrolments(people_visible_to(actor).filter(pk__in=wanted).annotate(reason=said))


class SchoolAuditEndpoint(ApiView):
    """The record of acts."""

    tag = "audit"

    @operation(
        _("Журнал действий"),
        needs=("audit.view",),
        query=shapes.SchoolAuditQuery,
        answer=AuditAnswer,
        pages=("-at", "pk"),
        viewed="audit.viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[AuditRecord]:
        """Return who did what and when, the latest first; ids only."""
        return audit.records(actor, query)


class ArchiveEndpoint(ApiView):
    """The archive of the school."""

    tag = "archive"

    @operation(_("Последний архив школы"), needs=("archive.take",), answer=ArchiveAnswer)
    def get(self, actor: Actor) -> Archive:
        """Return the newest archive, in whatever state.

        :raises Http404: when none was ever asked for.
        """
        found = own_archive(actor)
        if found is None:
            raise Http404
        return found

    @operation(
        _("Подготовить архив школы"),
        needs=("archive.take",),
        description=_("Архив готовится около минуты; его состояние станет ready."),
        answer=ArchiveAnswer,
        status=201,
    )
    def post(self, actor: Actor) -> Archive:
        """Ask for a new archive."""
        route: Any = self.request
        return ask_for_own_archive(actor=actor, about=route.school)


class ArchiveFileEndpoint(ApiView):
    """The file of an archive."""

    tag = "archive"

    @operation(_("Скачать архив школы"), needs=("archive.take",), gives="application/zip")
    def get(self, actor: Actor, archive_id: UUID) -> File:
        """Return the file; who took it is recorded."""
        route: Any = self.request
        archive, pieces = take(actor=actor, archive_id=archive_id)
        return File(file_name(route.school.code, archive), pieces, archive.size_bytes)


class ClosingEndpoint(ApiView):
    """The announced end of the school."""

    tag = "archive"

    @operation(_("Что осталось сделать до закрытия школы"), needs=("archive.take",), answer=shapes.RemainingAnswer)
    def get(self, actor: Actor) -> Remaining:
        """Return the day, if one is announced, and what is left."""
        route: Any = self.request
        return remaining(actor, route.school, timezone.localdate())


class OfferedEndpoint(ApiView):
    """What the region offers."""

    tag = "reference"

    @operation(_("Справочники региона: формы, виды согласий, показатели, профили"), answer=shapes.OfferedAnswer)
    def get(self, actor: Actor) -> dict[str, Any]:
        """Return what is in force and offered."""
        return {
            "forms": forms_now(),
            "role_variants": role_variants_now(),
            "consent_kinds": consent_kinds_now(),
            "definitions": definitions_now(),
            "profiles": profiles_now(),
        }


urlpatterns = [
    path("people/", PeopleEndpoint.as_view(), name="people"),
    path("people/search/", PeopleSearchEndpoint.as_view(), name="people-search"),
    path("people/export/", PeopleExportEndpoint.as_view(), name="people-export"),
    path("coverage/", OwnCoverageEndpoint.as_view(), name="coverage"),
    path("coverage/missing/", CoverageMissingEndpoint.as_view(), name="coverage-missing"),
    path("audit/", SchoolAuditEndpoint.as_view(), name="audit"),
    path("archive/", ArchiveEndpoint.as_view(), name="archive"),
    path("archive/<uuid:archive_id>/file.zip", ArchiveFileEndpoint.as_view(), name="archive-file"),
    path("closing/", ClosingEndpoint.as_view(), name="closing"),
    path("reference/", OfferedEndpoint.as_view(), name="offered"),
]
