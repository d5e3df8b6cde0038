"""Endpoints of the register: the region, its districts, its record of acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.accounts.serializers import AuditAnswer, AuditQuery
from core.api.operations import ApiView, operation
from core.audit.models import AuditRecord
from core.authz import Actor
from tenants.registry import selectors, services
from tenants.registry import serializers as shapes
from tenants.registry.audit import audit_records
from tenants.registry.models import District


def _district(actor: Actor, district_id: UUID) -> District:
    """Return a district with its counts.

    :raises Http404: for one that the actor may not know of.
    """
    found = selectors.district_visible_to(actor, district_id)
    return selectors.districts_found(actor).get(pk=found.pk)


class RegionEndpoint(ApiView):
    """The region."""

    tag = "region"

    @operation(_("Регион"), needs=("schools.view",), answer=shapes.RegionAnswer)
    def get(self, actor: Actor) -> dict[str, str]:
        """Return its name."""
        return {"title": selectors.region_title()}

    @operation(_("Назвать регион"), needs=("districts.manage",), body=shapes.TitleBody, answer=shapes.RegionAnswer)
    def put(self, actor: Actor, body: dict[str, Any]) -> Any:
        """Give it its name."""
        region = services.name_region(actor=actor, title=body["title"])
        selectors.forget_region_title()
        return region


class DistrictsEndpoint(ApiView):
    """Districts."""

    tag = "region"

    @operation(
        _("Районы"), needs=("schools.view",), query=shapes.TextQuery, answer=shapes.DistrictAnswer, pages=("pk",)
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[District]:
        """Return the districts that the actor may know of."""
        return selectors.districts_found(actor, text=query.get("q", ""))

    @operation(
        _("Добавить район"),
        needs=("districts.manage",),
        body=shapes.TitleBody,
        answer=shapes.DistrictAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> District:
        """Add a district."""
        return _district(actor, services.add_district(actor=actor, title=body["title"]).pk)


class DistrictEndpoint(ApiView):
    """One district."""

    tag = "region"

    @operation(_("Район"), needs=("schools.view",), answer=shapes.DistrictAnswer)
    def get(self, actor: Actor, district_id: UUID) -> District:
        """Return it."""
        return _district(actor, district_id)

    @operation(
        _("Переименовать район"), needs=("districts.manage",), body=shapes.TitleBody, answer=shapes.DistrictAnswer
    )
    def put(self, actor: Actor, district_id: UUID, body: dict[str, Any]) -> District:
        """Give it another name; its schools and figures stay with it."""
        selectors.district_visible_to(actor, district_id)
        services.rename_district(actor=actor, district_id=district_id, title=body["title"])
        return _district(actor, district_id)


class RegionAuditEndpoint(ApiView):
    """The record of acts."""

    tag = "audit"

    @operation(
        _("Журнал действий"),
        needs=("audit.view",),
        query=AuditQuery,
        answer=AuditAnswer,
        pages=("-at", "pk"),
        viewed="audit.viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[AuditRecord]:
        """Return who did what on the region's host, the latest first; what is done in schools stays there."""
        return audit_records(actor, since=query.get("since"), until=query.get("until"))


urlpatterns = [
    path("region/", RegionEndpoint.as_view(), name="region"),
    path("districts/", DistrictsEndpoint.as_view(), name="districts"),
    path("districts/<uuid:district_id>/", DistrictEndpoint.as_view(), name="district"),
    path("audit/", RegionAuditEndpoint.as_view(), name="audit"),
]
