"""Endpoints of the figures of region, district and school."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import XLSX, ApiView, File, operation
from core.authz import Actor
from reports.dashboards import assemble, exports, selectors
from reports.dashboards import serializers as shapes

_NEEDS = ("dashboards.view",)


def _asked(query: dict[str, Any]) -> assemble.Wanted:
    return assemble.wanted(query.get("definition", ""), query.get("day"))


class BoardDefinitionsEndpoint(ApiView):
    """What can be asked for."""

    tag = "dashboards"

    @operation(_("Показатели охвата"), needs=_NEEDS, answer=shapes.BoardDefinitionAnswer, many=True)
    def get(self, actor: Actor) -> Any:
        """Return the definitions, in the region's order."""
        return selectors.definition_choices()


class BoardDaysEndpoint(ApiView):
    """The days that can be asked for."""

    tag = "dashboards"

    @operation(_("За какие дни есть показатели"), needs=_NEEDS, answer=shapes.StampAnswer, many=True)
    def get(self, actor: Actor) -> Any:
        """Return today and the month-ends kept, the latest first."""
        return selectors.date_choices(timezone.localdate())


class RegionBoardEndpoint(ApiView):
    """The region's figures."""

    tag = "dashboards"

    @operation(_("Показатели региона"), needs=_NEEDS, query=shapes.BoardQuery, answer=shapes.BoardAnswer)
    def get(self, actor: Actor, query: dict[str, Any]) -> assemble.Picture:
        """Return headline, trend, and the ranking of districts and schools."""
        return assemble.region_picture(actor, _asked(query))


class DistrictBoardEndpoint(ApiView):
    """A district's figures."""

    tag = "dashboards"

    @operation(_("Показатели района"), needs=_NEEDS, query=shapes.BoardQuery, answer=shapes.BoardAnswer)
    def get(self, actor: Actor, district_id: UUID, query: dict[str, Any]) -> assemble.Picture:
        """Return headline, trend, and the ranking of schools."""
        district = assemble.district_of(actor, district_id)
        return assemble.district_picture(actor, _asked(query), district.pk)


class SchoolBoardEndpoint(ApiView):
    """A school's figures."""

    tag = "dashboards"

    @operation(_("Показатели школы"), needs=_NEEDS, query=shapes.BoardQuery, answer=shapes.SchoolBoardAnswer)
    def get(self, actor: Actor, school_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
        """Return counts by every definition."""
        school = assemble.school_of(actor, school_id)
        picture = assemble.school_picture(actor, _asked(query), school)
        figures = [
            {"definition": definition.code, "title": definition.title, "share": share}
            for definition, share in picture.by_definition
        ]
        return {"stamp": picture.stamp, "trend": picture.trend, "figures": figures}


def _file(actor: Actor, board: exports.Board) -> File:
    return File(board.name, exports.workbook_of(actor, board))


class RegionExportEndpoint(ApiView):
    """The region's figures as a workbook."""

    tag = "dashboards"

    @operation(_("Показатели региона в Excel"), needs=_NEEDS, query=shapes.BoardQuery, gives=XLSX)
    def get(self, actor: Actor, query: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, exports.region_board(actor, _asked(query)))


class DistrictExportEndpoint(ApiView):
    """A district's figures as a workbook."""

    tag = "dashboards"

    @operation(_("Показатели района в Excel"), needs=_NEEDS, query=shapes.BoardQuery, gives=XLSX)
    def get(self, actor: Actor, district_id: UUID, query: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, exports.district_board(actor, _asked(query), district_id))


class SchoolExportEndpoint(ApiView):
    """A school's figures as a workbook."""

    tag = "dashboards"

    @operation(_("Показатели школы в Excel"), needs=_NEEDS, query=shapes.BoardQuery, gives=XLSX)
    def get(self, actor: Actor, school_id: UUID, query: dict[str, Any]) -> File:
        """Return the workbook and record the export."""
        return _file(actor, exports.school_board(actor, _asked(query), school_id))


urlpatterns = [
    path("dashboards/definitions/", BoardDefinitionsEndpoint.as_view(), name="board-definitions"),
    path("dashboards/days/", BoardDaysEndpoint.as_view(), name="board-days"),
    path("dashboards/region/", RegionBoardEndpoint.as_view(), name="board-region"),
    path("dashboards/region/export/", RegionExportEndpoint.as_view(), name="region-export"),
    path("dashboards/districts/<uuid:district_id>/export/", DistrictExportEndpoint.as_view(), name="district-export"),
    path("dashboards/schools/<uuid:school_id>/export/", SchoolExportEndpoint.as_view(), name="school-export"),
    path("dashboards/districts/<uuid:district_id>/", DistrictBoardEndpoint.as_view(), name="board-district"),
    path("dashboards/schools/<uuid:school_id>/", SchoolBoardEndpoint.as_view(), name="board-school"),
]
