"""Puts a picture together: asks whether the actor may see it, then reads what it shows. Runs in ``region()``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor, enforce
from reports.dashboards import selectors
from reports.dashboards.policies import may_see_district, may_see_region
from reports.dashboards.school_selectors import school_board, school_trend
from reports.dashboards.selectors import LIVE, Headline, Point, Share, Stamp
from tenants.reference.selectors import Definition
from tenants.registry.models import District, School

NOTHING = Share(0, 0, 0, None)


class Stage(StrEnum):
    """How far a place has come on its way to a figure."""

    EMPTY = "empty"
    NOBODY = "nobody"
    ENGAGED = "engaged"


@dataclass(frozen=True, slots=True)
class Place:
    """A district or a school in a ranking; ``share`` is None until it is rolled up for the first time.

    ``district_id`` is the district of today: it decides who may open the school.
    """

    id: UUID
    title: str
    share: Share | None
    district_id: UUID | None = None
    district: str = ""
    code: str = ""

    @property
    def stage(self) -> Stage:
        """Return how far the place has come."""
        if self.share is None or not self.share.den:
            return Stage.EMPTY
        return Stage.ENGAGED if self.share.num else Stage.NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One page of figures; its live part and its export are other faces of the same.

    ``headline`` explains distinct people (region and district), ``by_definition`` is a school's, one row each.
    """

    definition: Definition
    share: Share
    stamp: Stamp
    trend: Sequence[Point]
    headline: Headline | None = None
    districts: Sequence[Place] = field(default_factory=tuple)
    schools: Sequence[Place] = field(default_factory=tuple)
    by_definition: Sequence[tuple[Definition, Share | None]] = field(default_factory=tuple)

    @property
    def is_live(self) -> bool:
        """Tell whether the figures still move."""
        return self.stamp.kind == LIVE


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the figures is asked for: a definition, and the day of a snapshot or None for today."""

    definition: Definition
    day: date | None
    today: date


def wanted(definition_code: str, day: date | None) -> Wanted:
    """Return what to show; an unknown definition gives the first.

    :raises Http404: when the region has no definition in force.
    """
    definitions = selectors.definition_choices()
    if not definitions:
        raise Http404(_("В справочнике нет ни одного определения охвата"))
    chosen = next((one for one in definitions if one.code == definition_code), definitions[0])
    return Wanted(chosen, day, timezone.localdate())


def region_picture(actor: Actor, asked: Wanted) -> Picture:
    """Return the region's figures with its districts and schools."""
    enforce(may_see_region(actor))
    return _picture(asked, None)


def district_of(actor: Actor, district_id: UUID) -> District:
    """Return a district whose figures the actor may see.

    :raises Http404: for any other.
    """
    enforce(may_see_district(actor, district_id))
    found = District.objects.filter(pk=district_id).first()
    if found is None:
        raise Http404(_("Такого района нет"))
    return found


def district_picture(actor: Actor, asked: Wanted, district_id: UUID) -> Picture:
    """Return a district's figures with its schools."""
    enforce(may_see_district(actor, district_id))
    return _picture(asked, district_id)


def school_of(actor: Actor, school_id: UUID) -> School:
    """Return a school whose figures the actor may see.

    :raises Http404: for any other.
    """
    found: School | None = School.objects.select_related("district").filter(pk=school_id).first()
    if found is None:
        raise Http404(_("Такой школы нет"))
    enforce(may_see_district(actor, found.district_id))
    return found


def school_picture(actor: Actor, asked: Wanted, school: School) -> Picture:
    """Return one school's counts by every definition."""
    enforce(may_see_district(actor, school.district_id))
    live = school_board(school.pk, today=asked.today)
    board = live if asked.day is None else school_board(school.pk, today=asked.today, day=asked.day)
    if board is None or live is None:
        raise Http404(_("За этот день показателей нет"))
    code = asked.definition.code
    now = live.share_of(code)
    trend = school_trend(asked.definition, school.pk, now=None if now is None else Point(live.stamp, now))
    return Picture(
        definition=asked.definition,
        share=board.share_of(code) or NOTHING,
        stamp=board.stamp,
        trend=trend,
        by_definition=board.shares,
    )


def _picture(asked: Wanted, district_id: UUID | None) -> Picture:
    code = asked.definition.code
    board = selectors.board(code, today=asked.today, day=asked.day, district_id=district_id)
    if board is None:
        raise Http404(_("За этот день показателей нет"))
    return Picture(
        definition=board.definition,
        share=board.headline.share,
        stamp=board.headline.stamp,
        headline=board.headline,
        trend=selectors.trend(code, today=asked.today, district_id=district_id),
        districts=[Place(row.id, row.title, row.share, row.id) for row in board.districts],
        schools=[
            Place(row.id, row.title, row.share, row.district_id, row.district_title, row.code) for row in board.schools
        ],
    )
