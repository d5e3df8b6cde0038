"""What the dashboards show: counts by school, district and region, today or at the end of a month.

Every selector runs in ``region()``, with a number of queries that does not grow with the schools. ``district_id``
narrows to one district; None is the whole region. ``day`` is None for the figures of today, from the cells, or the day
of a snapshot. ``today`` is given by the caller, in the region's time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from uuid import UUID

from django.db.models import Count, Max, Sum

from reports.rollup.live import Figure
from reports.rollup.models import Cell, Repeat, SchoolState, Snapshot, SnapshotFigure
from reports.rollup.selectors import freshness
from tenants.reference.selectors import Definition, definitions_now, targets_now
from tenants.registry.models import District, School

LIVE = "live"
_COUNTED = (School.State.READY, School.State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Share:
    """``num`` of ``den`` people, against a target in percent (None: the region has set none for the year).

    ``lacks_consent`` people more are in a pair and would count but for a consent.
    """

    num: int
    den: int
    lacks_consent: int
    target: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """Return num of den in percent with one decimal; None when nobody is in the base."""
        if not self.den:
            return None
        return (Decimal(100 * self.num) / self.den).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def is_reached(self) -> bool:
        """Tell whether the target is reached, by the exact figures and not the rounded percent."""
        return self.target is not None and self.den > 0 and 100 * self.num >= self.target * self.den

    @property
    def people_to_target(self) -> int:
        """Return how many more people have to be engaged to reach the target."""
        if self.target is None or self.is_reached:
            return 0
        return ceil(self.target * self.den / 100) - self.num


@dataclass(frozen=True, slots=True)
class Stamp:
    """Of which day figures are and how they came: ``kind`` is ``live``, ``frozen`` or ``restored``.

    ``made_at`` is when they were last computed or frozen; ``schools_waiting`` wait to be rolled up (live only).
    """

    day: date
    kind: str
    made_at: datetime | None
    schools_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Headline:
    """The figure of a district or the region: distinct people, and what adding up the schools would give.

    ``people_repeated`` people stand in the base of several schools; they are why the sum is larger.
    """

    share: Share
    stamp: Stamp
    sum_num: int
    sum_den: int
    people_repeated: int


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school of the ranking; ``share`` is None until it is rolled up for the first time."""

    id: UUID
    code: str
    title: str
    district_id: UUID | None
    district_title: str
    share: Share | None


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district among the others; ``schools`` is how many of its schools have figures."""

    id: UUID
    title: str
    schools: int
    share: Share


@dataclass(frozen=True, slots=True)
class Board:
    """One definition on one day: the headline, schools from the highest share down, districts likewise.

    ``districts`` is empty when the board is of one district.
    """

    definition: Definition
    headline: Headline
    schools: tuple[SchoolRow, ...]
    districts: tuple[DistrictRow, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a trend."""

    stamp: Stamp
    share: Share


@dataclass(frozen=True, slots=True)
class _Read:
    """Figures of one definition and day, as stored."""

    stamp: Stamp
    schools: dict[UUID, Figure]
    district_of: dict[UUID, UUID | None]
    repeats: dict[UUID | None, Figure]
    people: dict[UUID | None, int]


def definition_choices() -> tuple[Definition, ...]:
    """Return the definitions that can be shown, in the region's order."""
    return definitions_now()


def date_choices(today: date) -> tuple[Stamp, ...]:
    """Return the days that can be shown, the latest first: today, then the month-ends kept."""
    kept = Snapshot.objects.order_by("-day").values_list("day", "kind", "taken_at")
    return (Stamp(today, LIVE, None), *(Stamp(*one) for one in kept))


def change_stamp(today: date, *, district_id: UUID | None = None, school_id: UUID | None = None) -> str:
    """Return a text that changes whenever a board may: for conditional requests. Three queries.

    With a district or a school only its own figures move it, so that a busy region does not redraw every open page.
    """
    found = Cell.objects.all()
    if school_id is not None:
        found = found.filter(school_id=school_id)
    elif district_id is not None:
        states = SchoolState.objects.filter(district_id=district_id)
        found = found.filter(school_id__in=states.values("school_id"))
    cells = found.aggregate(at=Max("computed_at"), number=Count("definition_id"))
    repeats = Repeat.objects.all() if district_id is None else Repeat.objects.filter(district_id=district_id)
    again = repeats.aggregate(num=Sum("num"), den=Sum("den"))
    kept = Snapshot.objects.aggregate(at=Max("taken_at"))
    at = "" if cells["at"] is None else cells["at"].isoformat()
    return f"{today.isoformat()} {at} {cells['number']} {again['num']} {again['den']} {kept['at']}"


def board(
    definition_code: str, *, today: date, day: date | None = None, district_id: UUID | None = None
) -> Board | None:
    """Return the board of a definition; None when there is no such definition, or nothing is kept of the day."""
    definition = next((one for one in definitions_now() if one.code == definition_code), None)
    if definition is None:
        return None
    read = _live(definition, today, district_id) if day is None else _kept(definition_code, day, district_id)
    if read is None:
        return None
    found = targets_now(definition_code).get(read.stamp.day.year)
    target = None if found is None else found.percent
    return Board(
        definition=definition,
        headline=_headline(read, district_id, target),
        schools=_school_rows(read, target, district_id, is_live=day is None),
        districts=() if district_id is not None else _district_rows(read, target),
    )


def trend(definition_code: str, *, today: date, district_id: UUID | None = None) -> tuple[Point, ...]:
    """Return the month-ends kept, earliest first, and today; each against the target of its own year."""
    targets = {year: one.percent for year, one in targets_now(definition_code).items()}
    level = SnapshotFigure.Level.REGION if district_id is None else SnapshotFigure.Level.DISTRICT
    kept = (
        SnapshotFigure.objects.filter(definition_code=definition_code, level=level, scope_id=district_id)
        .select_related("snapshot")
        .order_by("snapshot__day")
    )
    points = [
        Point(
            Stamp(row.snapshot.day, row.snapshot.kind, row.snapshot.taken_at),
            Share(row.num, row.den, row.lacks_consent, targets.get(row.snapshot.day.year)),
        )
        for row in kept
    ]
    definition = next((one for one in definitions_now() if one.code == definition_code), None)
    if definition is not None:
        now = _headline(_live(definition, today, district_id), district_id, targets.get(today.year))
        points.append(Point(now.stamp, now.share))
    return tuple(points)


# --- Reading ---------------------------------------------------------------------------------------------------------


def _live(definition: Definition, today: date, district_id: UUID | None) -> _Read:
    states = SchoolState.objects.all() if district_id is None else SchoolState.objects.filter(district_id=district_id)
    district_of = dict(states.values_list("school_id", "district_id"))
    cells = Cell.objects.filter(definition_id=definition.id, school_id__in=states.values("school_id"))
    fresh = freshness(today, district_id=district_id)
    repeats = list(Repeat.objects.filter(definition_id=definition.id))
    return _Read(
        stamp=Stamp(fresh.as_of, LIVE, fresh.computed_at, fresh.schools_waiting),
        schools={
            school: Figure(*three) for school, *three in cells.values_list("school_id", "num", "den", "lacks_consent")
        },
        district_of=district_of,
        repeats={row.district_id: Figure(row.num, row.den, row.lacks_consent) for row in repeats},
        people={row.district_id: row.people for row in repeats},
    )


def _kept(definition_code: str, day: date, district_id: UUID | None) -> _Read | None:
    snapshot = Snapshot.objects.filter(day=day).first()
    if snapshot is None:
        return None
    rows = SnapshotFigure.objects.filter(snapshot=snapshot, definition_code=definition_code)
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    kept = list(rows)
    schools = [row for row in kept if row.level == SnapshotFigure.Level.SCHOOL]
    above = [row for row in kept if row.level != SnapshotFigure.Level.SCHOOL]
    figure_of = {row.scope_id: Figure(row.num, row.den, row.lacks_consent) for row in schools if row.scope_id}
    return _Read(
        stamp=Stamp(snapshot.day, snapshot.kind, snapshot.taken_at),
        schools=figure_of,
        district_of={row.scope_id: row.district_id for row in schools if row.scope_id},
        # Consents lacking are not kept apart for repeats: what the frozen figure says is what stands above.
        repeats={
            row.scope_id: _total(figure_of[one.scope_id] for one in schools if _is_inside(one, row) and one.scope_id)
            - Figure(row.num, row.den, row.lacks_consent)
            for row in above
        },
        people={row.scope_id: row.people_repeated for row in above},
    )


def _is_inside(school: SnapshotFigure, scope: SnapshotFigure) -> bool:
    return scope.scope_id is None or school.district_id == scope.scope_id


def _total(figures: Iterable[Figure]) -> Figure:
    return sum(figures, Figure())


# --- Making rows -----------------------------------------------------------------------------------------------------


def _share(figure: Figure, target: Decimal | None) -> Share:
    return Share(figure.num, figure.den, figure.lacks_consent, target)


def _headline(read: _Read, district_id: UUID | None, target: Decimal | None) -> Headline:
    plain = _total(
        figure
        for school, figure in read.schools.items()
        if district_id is None or read.district_of.get(school) == district_id
    )
    return Headline(
        share=_share(plain - read.repeats.get(district_id, Figure()), target),
        stamp=read.stamp,
        sum_num=plain.num,
        sum_den=plain.den,
        people_repeated=read.people.get(district_id, 0),
    )


def _order(share: Share | None, title: str) -> tuple[bool, Decimal, str]:
    """Sort by share, the highest first; whoever has none comes last."""
    has_none = share is None or not share.den
    return has_none, Decimal(0) if share is None or has_none else -Decimal(share.num) / share.den, title


def _school_rows(
    read: _Read, target: Decimal | None, district_id: UUID | None, *, is_live: bool
) -> tuple[SchoolRow, ...]:
    schools = School.objects.all()
    if is_live:
        schools = schools.filter(state__in=_COUNTED)
        schools = schools if district_id is None else schools.filter(district_id=district_id)
    else:
        schools = schools.filter(pk__in=read.schools)
    rows = [
        SchoolRow(
            id=pk,
            code=code,
            title=title,
            district_id=district,
            district_title=district_title or "",
            share=_share(read.schools[pk], target) if pk in read.schools else None,
        )
        for pk, code, title, district, district_title in schools.values_list(
            "pk", "code", "title", "district_id", "district__title"
        )
    ]
    return tuple(sorted(rows, key=lambda row: _order(row.share, row.title)))


def _district_rows(read: _Read, target: Decimal | None) -> tuple[DistrictRow, ...]:
    districts = list(District.objects.all())
    sums: dict[UUID | None, list[Figure]] = {district.pk: [] for district in districts}
    for school, figure in read.schools.items():
        district = read.district_of.get(school)
        if district in sums:
            sums[district].append(figure)
    rows = [
        DistrictRow(
            id=district.pk,
            title=district.title,
            schools=len(sums[district.pk]),
            share=_share(_total(sums[district.pk]) - read.repeats.get(district.pk, Figure()), target),
        )
        for district in districts
    ]
    return tuple(sorted(rows, key=lambda row: _order(row.share, row.title)))
