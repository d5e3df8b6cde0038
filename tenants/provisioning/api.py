"""Endpoints of schools as the region knows them: list, create, name, move, suspend, resume, close."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from tenants.provisioning import services
from tenants.provisioning.archive.asking import ask_for_archive, last_archive
from tenants.provisioning.closing import announce_closing, call_off_closing
from tenants.provisioning.models import Archive
from tenants.provisioning.serializers import ArchiveAnswer
from tenants.registry import selectors
from tenants.registry import serializers as shapes
from tenants.registry.models import District, School
from tenants.registry.services import edit_school

_MANAGE = ("schools.manage",)


def _district(actor: Actor, district_id: UUID | None) -> District | None:
    """Return the district of a body; None is the region itself."""
    return None if district_id is None else selectors.district_visible_to(actor, district_id)


class SchoolsEndpoint(ApiView):
    """Schools."""

    tag = "schools"

    @operation(_("Школы"), needs=("schools.view",), query=shapes.SchoolQuery, answer=shapes.SchoolAnswer, pages=("pk",))
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[School]:
        """Return the schools that the actor may know of."""
        return selectors.schools_found(
            actor, text=query.get("q", ""), state=query.get("state", ""), district=str(query.get("district", ""))
        )

    @operation(
        _("Создать школу"),
        needs=_MANAGE,
        description=_("Школа начнёт отвечать, когда её состояние станет ready: обычно через секунды."),
        body=shapes.NewSchoolBody,
        answer=shapes.SchoolAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> School:
        """Ask for a school."""
        district = _district(actor, body["district"])
        return services.create_school(actor=actor, code=body["code"], title=body["title"], district=district)


class SchoolEndpoint(ApiView):
    """One school."""

    tag = "schools"

    @operation(_("Школа"), needs=("schools.view",), answer=shapes.SchoolAnswer)
    def get(self, actor: Actor, school_id: UUID) -> School:
        """Return it."""
        return selectors.school_visible_to(actor, school_id)

    @operation(
        _("Изменить название или район школы"), needs=_MANAGE, body=shapes.SchoolBody, answer=shapes.SchoolAnswer
    )
    def put(self, actor: Actor, school_id: UUID, body: dict[str, Any]) -> School:
        """Change name and district."""
        selectors.school_visible_to(actor, school_id)
        district = _district(actor, body["district"])
        return edit_school(actor=actor, school_id=school_id, title=body["title"], district=district)


class SchoolCodeEndpoint(ApiView):
    """A school's code."""

    tag = "schools"

    @operation(_("Изменить код школы"), needs=_MANAGE, body=shapes.CodeBody, answer=shapes.SchoolAnswer)
    def put(self, actor: Actor, school_id: UUID, body: dict[str, Any]) -> School:
        """Give another code; the former ones go on leading to it."""
        selectors.school_visible_to(actor, school_id)
        return services.rename_school(actor=actor, school_id=school_id, code=body["code"])


class SchoolArchiveEndpoint(ApiView):
    """A school's archive as the region knows it; the file is the school's."""

    tag = "schools"

    @operation(_("Последний архив школы: когда сделан и забран"), needs=_MANAGE, answer=ArchiveAnswer)
    def get(self, actor: Actor, school_id: UUID) -> Archive:
        """Return the newest archive.

        :raises Http404: when none was ever asked for.
        """
        found = last_archive(selectors.school_visible_to(actor, school_id))
        if found is None:
            raise Http404
        return found

    @operation(
        _("Подготовить архив школы для директора"),
        needs=_MANAGE,
        description=_("Файл забирает директор на сайте школы: региону он не виден."),
        answer=ArchiveAnswer,
        status=201,
    )
    def post(self, actor: Actor, school_id: UUID) -> Archive:
        """Ask for a new archive."""
        selectors.school_visible_to(actor, school_id)
        return ask_for_archive(actor=actor, school_id=school_id)


class SchoolStateEndpoint(ApiView):
    """A school's life."""

    tag = "schools"

    @operation(
        _("Приостановить, возобновить или закрыть школу"),
        needs=_MANAGE,
        body=shapes.StateBody,
        answer=shapes.SchoolAnswer,
    )
    def put(self, actor: Actor, school_id: UUID, body: dict[str, Any]) -> School:
        """Take one step."""
        selectors.school_visible_to(actor, school_id)
        state = School.State(body["state"])
        return services.change_state(
            actor=actor,
            school_id=school_id,
            state=state,
            reason=body["reason"],
            without_archive=body["without_archive"],
        )


class SchoolClosingEndpoint(ApiView):
    """The announced end of a school."""

    tag = "schools"

    @operation(
        _("Объявить о закрытии школы или изменить день"),
        needs=_MANAGE,
        body=shapes.ClosingBody,
        answer=shapes.SchoolAnswer,
    )
    def put(self, actor: Actor, school_id: UUID, body: dict[str, Any]) -> School:
        """Announce the closing; the school works on."""
        selectors.school_visible_to(actor, school_id)
        return announce_closing(actor=actor, school_id=school_id, **body)

    @operation(_("Отменить закрытие школы"), needs=_MANAGE, answer=shapes.SchoolAnswer)
    def delete(self, actor: Actor, school_id: UUID) -> School:
        """Call the closing off."""
        selectors.school_visible_to(actor, school_id)
        return call_off_closing(actor=actor, school_id=school_id)


urlpatterns = [
    path("schools/", SchoolsEndpoint.as_view(), name="schools"),
    path("schools/<uuid:school_id>/", SchoolEndpoint.as_view(), name="school"),
    path("schools/<uuid:school_id>/code/", SchoolCodeEndpoint.as_view(), name="school-code"),
    path("schools/<uuid:school_id>/archive/", SchoolArchiveEndpoint.as_view(), name="school-archive"),
    path("schools/<uuid:school_id>/closing/", SchoolClosingEndpoint.as_view(), name="school-closing"),
    path("schools/<uuid:school_id>/state/", SchoolStateEndpoint.as_view(), name="school-state"),
]
