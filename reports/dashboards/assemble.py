"""Puts a board together: asks whether the actor may see it, then reads what it shows. Runs in ``region()``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz import Actor, enforce
from reports.dashboards import figures
from reports.dashboards.boards import Board, Count, Day, Place, Scope
from reports.dashboards.policies import may_see_district, may_see_region
from reports.rollup.selectors import Freshness, freshness
from tenants.reference.selectors import Definition, definitions_now, target_for
from tenants.registry.models import District, School


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the figures is asked for: a definition and a day that has figures."""

    definition: Definition
    day: Day


def wanted(definition_code: str, day: date | None) -> Wanted:
    """Return what to show; an unknown definition or day gives the first definition and today.

    :raises Http404: when the region has no definition in force.
    """
    definitions = definitions_now()
    if not definitions:
        raise Http404(_("В справочнике нет ни одного определения охвата"))
    chosen = next((one for one in definitions if one.code == definition_code), definitions[0])
    return Wanted(chosen, figures.day_of(day) or figures.today())


def region_board(actor: Actor, asked: Wanted, *, by_schools: bool) -> Board:
    """Return the region's figures with its districts, or with all its schools."""
    enforce(may_see_region(actor))
    scopes = figures.district_scopes(asked.definition, asked.day, include_region=True)
    scope = scopes.get(None, Scope(figures.NOTHING))
    places = _schools(asked, None) if by_schools else figures.districts(scopes)
    return _board(asked, scope, figures.Level.REGION, None, places)


def district_of(actor: Actor, district_id: UUID) -> District:
    """Return a district whose figures the actor may see.

    :raises Http404: for any other.
    """
    enforce(may_see_district(actor, district_id))
    found = District.objects.filter(pk=district_id).first()
    if found is None:
        raise Http404(_("Такого района нет"))
    return found


def district_board(actor: Actor, asked: Wanted, district_id: UUID) -> Board:
    """Return a district's figures with its schools."""
    enforce(may_see_district(actor, district_id))
    scopes = figures.district_scopes(asked.definition, asked.day)
    scope = scopes.get(district_id, Scope(figures.NOTHING))
    return _board(asked, scope, figures.Level.DISTRICT, district_id, _schools(asked, district_id))


def school_of(actor: Actor, school_id: UUID) -> School:
    """Return a school whose figures the actor may see.

    :raises Http404: for any other.
    """
    found: School | None = School.objects.select_related("district").filter(pk=school_id).first()
    if found is None:
        raise Http404(_("Такой школы нет"))
    enforce(may_see_district(actor, found.district_id))
    return found


def school_board(actor: Actor, asked: Wanted, school: School) -> Board:
    """Return one school's counts by every definition."""
    enforce(may_see_district(actor, school.district_id))
    definitions = definitions_now()
    counts = figures.school_figures(school.pk, definitions, asked.day)
    scope = Scope(counts.get(asked.definition.code, figures.NOTHING))
    board = _board(asked, scope, figures.Level.SCHOOL, school.pk, [])
    rows = [(one, counts.get(one.code), _target(one, asked.day)) for one in definitions]
    return replace(board, by_definition=tuple(rows))


def _schools(asked: Wanted, district_id: UUID | None) -> list[Place]:
    if not asked.day.is_live:
        return figures.frozen_schools(asked.day, asked.definition, district_id)
    counts = figures.school_counts(asked.definition, asked.day)
    return [replace(place, count=counts.get(place.id)) for place in figures.schools(district_id)]


def _board(asked: Wanted, scope: Scope, level: figures.Level, scope_id: UUID | None, places: list[Place]) -> Board:
    """Add what every board has: target, trend, freshness."""
    fresh, day, live = None, asked.day, None
    if asked.day.is_live:
        fresh = _freshness(level, scope_id)
        # Until the roll-up has passed midnight the figures are those of the day before.
        day = replace(asked.day, day=fresh.as_of)
        live = scope.count
    return Board(
        day=day,
        definition=asked.definition,
        target=_target(asked.definition, day),
        scope=scope,
        trend=figures.trend(asked.definition, level, scope_id, live=live or _live_count(asked, level, scope_id)),
        freshness=fresh,
        places=places,
    )


def _freshness(level: figures.Level, scope_id: UUID | None) -> Freshness:
    if level == figures.Level.SCHOOL and scope_id is not None:
        return figures.school_freshness(scope_id)
    return freshness(timezone.localdate(), district_id=scope_id)


def _live_count(asked: Wanted, level: figures.Level, scope_id: UUID | None) -> Count:
    """Return today's figure, which closes the trend whatever day is shown."""
    now = figures.today()
    if level == figures.Level.SCHOOL and scope_id is not None:
        return figures.school_figures(scope_id, [asked.definition], now).get(asked.definition.code, figures.NOTHING)
    scopes = figures.district_scopes(asked.definition, now, include_region=True)
    return scopes.get(scope_id, Scope(figures.NOTHING)).count


def _target(definition: Definition, day: Day) -> Decimal | None:
    target = target_for(definition.code, day.day.year)
    return None if target is None else target.percent
