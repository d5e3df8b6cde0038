"""Reads of figures, live and frozen, for the boards: each function is one or two queries, whatever the region's size.

Runs in ``region()``. Live figures are cells of the definitions in force; frozen ones are the snapshots of month-ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count as CountRows
from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils import timezone

from reports.dashboards.boards import Count, Day, DayKind, Moment, Place, Scope
from reports.rollup.models import Cell, Repeat, SchoolState, Snapshot, SnapshotFigure
from reports.rollup.selectors import Freshness
from tenants.reference.selectors import Definition
from tenants.registry.models import District, School
from tenants.registry.selectors import by_name

Level = SnapshotFigure.Level
NOTHING = Count(0, 0)
_KINDS = {Snapshot.Kind.FROZEN.value: DayKind.FROZEN, Snapshot.Kind.RESTORED.value: DayKind.RESTORED}


def today() -> Day:
    """Return the open day: its figures are live."""
    return Day(timezone.localdate(), DayKind.LIVE)


def days() -> list[Day]:
    """Return the days that have figures, newest first; today is the first."""
    frozen = Snapshot.objects.order_by("-day").values_list("day", "kind", "taken_at")
    return [today(), *(Day(day, _KINDS[kind], taken_at) for day, kind, taken_at in frozen)]


def school_counts(definition: Definition, day: Day) -> dict[UUID, Count]:
    """Return the figure of every school that has one, by id."""
    if day.is_live:
        rows = Cell.objects.filter(definition_id=definition.id)
        return {
            pk: Count(num, den, lacks)
            for pk, num, den, lacks in rows.values_list("school_id", "num", "den", "lacks_consent")
        }
    return _frozen_counts(_frozen(day, definition).filter(level=Level.SCHOOL))


def _frozen_counts(rows: QuerySet[SnapshotFigure]) -> dict[UUID, Count]:
    fields = rows.values_list("scope_id", "num", "den", "lacks_consent")
    return {pk: Count(num, den, lacks) for pk, num, den, lacks in fields if pk is not None}


def schools(district_id: UUID | None = None) -> list[Place]:
    """Return the schools that take part, of a district or of the region, by name, without figures."""
    rows = School.objects.exclude(state=School.State.CLOSED)
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    fields = ("pk", "title", "district_id", "district__title", "code", "state")
    return [
        Place(id=pk, title=title, count=None, district_id=place, district=named or "", code=code, state=state)
        for pk, title, place, named, code, state in rows.order_by(*by_name("title")).values_list(*fields)
    ]


def frozen_schools(day: Day, definition: Definition, district_id: UUID | None = None) -> list[Place]:
    """Return the schools that a month's end counted, with their figures; a district's are those it had then.

    ``Place.district_id`` is the district of today: it decides who may open the school.
    """
    rows = _frozen(day, definition).filter(level=Level.SCHOOL)
    if district_id is not None:
        rows = rows.filter(district_id=district_id)
    found = _frozen_counts(rows)
    named = School.objects.filter(pk__in=found).order_by(*by_name("title"))
    fields = ("pk", "title", "district_id", "district__title", "code", "state")
    return [
        Place(id=pk, title=title, count=found[pk], district_id=place, district=name or "", code=code, state=state)
        for pk, title, place, name, code, state in named.values_list(*fields)
    ]


def region_scope(definition: Definition, day: Day) -> Scope:
    """Return the region's figure: distinct people."""
    return district_scopes(definition, day, include_region=True).get(None, Scope(NOTHING))


def district_scopes(definition: Definition, day: Day, *, include_region: bool = False) -> dict[UUID | None, Scope]:
    """Return the figure of every district that has one, by id; under None the region's, on request."""
    if not day.is_live:
        return _frozen_scopes(definition, day, include_region=include_region)
    # The districts as the roll-up knows them: what is counted again was counted by these.
    district_of = dict(SchoolState.objects.values_list("school_id", "district_id"))
    sums: dict[UUID | None, list[int]] = defaultdict(lambda: [0, 0, 0])
    for pk, count in school_counts(definition, day).items():
        if pk not in district_of:
            continue
        for key in {None, district_of[pk]}:
            totals = sums[key]
            totals[0] += count.num
            totals[1] += count.den
            totals[2] += count.lacks_consent
    repeats = {
        district: (num, den, lacks)
        for district, num, den, lacks in Repeat.objects.filter(definition_id=definition.id).values_list(
            "district_id", "num", "den", "lacks_consent"
        )
    }
    scopes = {}
    for key, (num, den, lacks) in sums.items():
        again = repeats.get(key, (0, 0, 0))
        scopes[key] = Scope(Count(num - again[0], den - again[1], lacks - again[2]), again[0], again[1])
    if not include_region:
        scopes.pop(None, None)
    return scopes


def _frozen_scopes(definition: Definition, day: Day, *, include_region: bool) -> dict[UUID | None, Scope]:
    levels = [Level.DISTRICT, Level.REGION] if include_region else [Level.DISTRICT]
    rows = _frozen(day, definition).filter(level__in=levels)
    return {
        pk: Scope(Count(num, den, lacks), repeats_num, repeats_den)
        for pk, num, den, lacks, repeats_num, repeats_den in rows.values_list(
            "scope_id", "num", "den", "lacks_consent", "repeats_num", "repeats_den"
        )
    }


def districts(scopes: dict[UUID | None, Scope]) -> list[Place]:
    """Return every district by name with its figure."""
    return [
        Place(id=pk, title=title, district_id=pk, count=scopes[pk].count if pk in scopes else None)
        for pk, title in District.objects.order_by(*by_name("title")).values_list("pk", "title")
    ]


def trend(
    definition: Definition, level: SnapshotFigure.Level, scope_id: UUID | None, *, live: Count | None
) -> list[Moment]:
    """Return the frozen month-ends of a scope, oldest first, and the open day last when ``live`` is given."""
    rows = SnapshotFigure.objects.filter(level=level, scope_id=scope_id, definition_code=definition.code)
    moments = [
        Moment(Day(day, _KINDS[kind], taken_at), Count(num, den, lacks))
        for day, kind, taken_at, num, den, lacks in rows.order_by("snapshot__day").values_list(
            "snapshot__day", "snapshot__kind", "snapshot__taken_at", "num", "den", "lacks_consent"
        )
    ]
    if live is not None:
        moments.append(Moment(today(), live))
    return moments


def school_figures(school_id: UUID, definitions: Iterable[Definition], day: Day) -> dict[str, Count]:
    """Return the figures of one school by the code of the definition."""
    if day.is_live:
        codes = {definition.id: definition.code for definition in definitions}
        cells = Cell.objects.filter(school_id=school_id, definition_id__in=codes)
        return {
            codes[pk]: Count(num, den, lacks)
            for pk, num, den, lacks in cells.values_list("definition_id", "num", "den", "lacks_consent")
        }
    rows = SnapshotFigure.objects.filter(snapshot__day=day.day, level=Level.SCHOOL, scope_id=school_id)
    return {
        code: Count(num, den, lacks)
        for code, num, den, lacks in rows.values_list("definition_code", "num", "den", "lacks_consent")
    }


def school_freshness(school_id: UUID) -> Freshness:
    """Return how current the live figures of one school are."""
    now = timezone.localdate()
    state = SchoolState.objects.filter(pk=school_id).first()
    computed_at = Cell.objects.filter(school_id=school_id).aggregate(at=Max("computed_at"))["at"]
    if state is None:
        return Freshness(now, computed_at, 0)
    boundary = state.next_boundary
    has_come = boundary is not None and boundary <= now
    is_waiting = state.version > state.computed_version or state.computed_on is None or has_come
    return Freshness(boundary - timedelta(days=1) if has_come and boundary else now, computed_at, int(is_waiting))


def version(*, district_id: UUID | None = None, school_id: UUID | None = None) -> tuple[object, ...]:
    """Return what changes whenever a board's live text would: cells, repeats, frozen months, the list of schools."""
    repeats = Repeat.objects.aggregate(num=Sum("num"), den=Sum("den"), lacks=Sum("lacks_consent"))
    names = School.objects.aggregate(moved=Max("state_changed_at"), number=CountRows("pk"))
    frozen = Snapshot.objects.aggregate(newest=Max("taken_at"))
    return (
        *_progress(district_id, school_id),
        *repeats.values(),
        *names.values(),
        frozen["newest"],
        timezone.localdate(),
    )


def _progress(district_id: UUID | None, school_id: UUID | None) -> tuple[object, int, int]:
    states = SchoolState.objects.all()
    if school_id is not None:
        states = states.filter(school_id=school_id)
    elif district_id is not None:
        states = states.filter(district_id=district_id)
    cells = Cell.objects.filter(school_id__in=states.values("school_id"))
    last = cells.aggregate(at=Max("computed_at"), number=CountRows("*"))
    behind = Q(version__gt=F("computed_version")) | Q(next_boundary__lte=timezone.localdate())
    return last["at"], states.filter(behind).count(), last["number"]


def _frozen(day: Day, definition: Definition) -> QuerySet[SnapshotFigure]:
    return SnapshotFigure.objects.filter(snapshot__day=day.day, definition_code=definition.code)


def day_of(chosen: date | None) -> Day | None:
    """Return the day of a date that has figures, today for none; None for a date that has not."""
    if chosen is None or chosen == timezone.localdate():
        return today()
    return next((known for known in days() if known.day == chosen), None)
