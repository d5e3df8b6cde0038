"""Coverage from the cells: what the dashboards of the day are made of.

Counts only; runs in ``region()`` or ``rollup()``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Max, Min, Q

from reports.rollup.live import Figure
from reports.rollup.models import Cell, Ledger, Repeat, SchoolState

FigureOf = dict[UUID, Figure]
"""Figures by the id of a definition's version."""


@dataclass(frozen=True)
class Cells:
    """What is rolled up now, of one district (its schools alone) or of the region.

    ``total`` counts distinct people; ``plain_sum`` adds the schools; the difference is people known in several
    schools, ``people_repeated`` of them. Figures by the id of a definition's version.
    """

    schools: dict[UUID, FigureOf] = field(default_factory=dict)
    total: FigureOf = field(default_factory=dict)
    plain_sum: FigureOf = field(default_factory=dict)
    people_repeated: dict[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Freshness:
    """As of which day the cells hold, when they were last changed, and how many schools wait to be rolled up."""

    as_of: date
    computed_at: datetime | None
    schools_waiting: int


def definition_ids_now() -> tuple[UUID, ...]:
    """Return the versions of definitions by which cells are computed, in the region's order."""
    ledger = Ledger.objects.filter(pk=1).first()
    return () if ledger is None else tuple(UUID(one) for one in ledger.definition_ids)


def cells_now(*, district_id: UUID | None = None) -> Cells:
    """Return the cells of a district, or with None of the whole region; two queries."""
    states = SchoolState.objects.all()
    if district_id is not None:
        states = states.filter(district_id=district_id)
    schools: dict[UUID, FigureOf] = defaultdict(dict)
    plain: FigureOf = defaultdict(Figure)
    cells = Cell.objects.filter(school_id__in=states.values("school_id"))
    for school, definition, *three in cells.values_list("school_id", "definition_id", "num", "den", "lacks_consent"):
        schools[school][definition] = Figure(*three)
        plain[definition] += Figure(*three)
    total = dict(plain)
    people: dict[UUID, int] = {}
    for repeat in Repeat.objects.filter(district_id=district_id):
        again = Figure(repeat.num, repeat.den, repeat.lacks_consent)
        total[repeat.definition_id] = total.get(repeat.definition_id, Figure()) - again
        people[repeat.definition_id] = repeat.people
    return Cells(dict(schools), total, dict(plain), people)


def totals_by_district() -> dict[UUID, FigureOf]:
    """Return distinct people of every district that has cells; three queries."""
    states = SchoolState.objects.values_list("school_id", "district_id")
    district_of = {school: district for school, district in states if district is not None}
    totals: dict[UUID, FigureOf] = defaultdict(lambda: defaultdict(Figure))
    cells = Cell.objects.values_list("school_id", "definition_id", "num", "den", "lacks_consent")
    for school, definition, *three in cells:
        if school in district_of:
            totals[district_of[school]][definition] += Figure(*three)
    for repeat in Repeat.objects.all():
        if repeat.district_id is not None:
            again = Figure(repeat.num, repeat.den, repeat.lacks_consent)
            totals[repeat.district_id][repeat.definition_id] -= again
    return {district: dict(figures) for district, figures in totals.items()}


def freshness(today: date, *, district_id: UUID | None = None) -> Freshness:
    """Return how fresh the cells are; two queries.

    A school whose next boundary lies ahead holds today too, whenever it was computed; one whose boundary has come
    holds up to the day before.
    """
    states = SchoolState.objects.all()
    if district_id is not None:
        states = states.filter(district_id=district_id)
    told = states.aggregate(boundary=Min("next_boundary", filter=Q(computed_on__isnull=False)))
    waiting = states.filter(
        Q(version__gt=F("computed_version")) | Q(computed_on=None) | Q(next_boundary__lte=today)
    ).count()
    computed_at = Cell.objects.filter(school_id__in=states.values("school_id")).aggregate(at=Max("computed_at"))["at"]
    boundary = told["boundary"]
    as_of = today if boundary is None or boundary > today else boundary - timedelta(days=1)
    return Freshness(as_of, computed_at, waiting)
