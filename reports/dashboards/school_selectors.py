"""What a dashboard shows of one school: counts by every definition, today or at the end of a month; never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max

from reports.dashboards.selectors import LIVE, Point, Share, Stamp
from reports.rollup.models import Cell, SchoolState, Snapshot, SnapshotFigure
from tenants.reference.selectors import Definition, definitions_now, targets_by_year

_LEVEL = SnapshotFigure.Level.SCHOOL


@dataclass(frozen=True, slots=True)
class SchoolBoard:
    """One school on one day: a share for each definition in force, None where nothing is counted."""

    stamp: Stamp
    shares: tuple[tuple[Definition, Share | None], ...]

    def share_of(self, code: str) -> Share | None:
        """Return the share of one definition."""
        return next((share for definition, share in self.shares if definition.code == code), None)


def school_board(school_id: UUID, *, today: date, day: date | None = None) -> SchoolBoard | None:
    """Return the counts of one school; None when nothing is kept of the day. Runs in ``region()``."""
    definitions = definitions_now()
    stamp = _live_stamp(school_id, today) if day is None else _kept_stamp(day)
    if stamp is None:
        return None
    counts = _live_counts(school_id, definitions) if day is None else _kept_counts(school_id, day)
    targets = targets_by_year(stamp.day.year)
    shares = [
        (one, Share(*counts[one.code], targets.get(one.code)) if one.code in counts else None) for one in definitions
    ]
    return SchoolBoard(stamp, tuple(shares))


def school_trend(definition: Definition, school_id: UUID, *, now: Point | None) -> tuple[Point, ...]:
    """Return the month-ends kept of one school, earliest first, and ``now`` last."""
    rows = SnapshotFigure.objects.filter(level=_LEVEL, scope_id=school_id, definition_code=definition.code)
    kept = [
        Point(Stamp(row.snapshot.day, row.snapshot.kind, row.snapshot.taken_at), _share(row))
        for row in rows.select_related("snapshot").order_by("snapshot__day")
    ]
    return (*kept, *([] if now is None else [now]))


def _share(row: SnapshotFigure) -> Share:
    return Share(row.num, row.den, row.lacks_consent, None)


def _live_counts(school_id: UUID, definitions: tuple[Definition, ...]) -> dict[str, tuple[int, int, int]]:
    codes = {one.id: one.code for one in definitions}
    cells = Cell.objects.filter(school_id=school_id, definition_id__in=codes)
    rows = cells.values_list("definition_id", "num", "den", "lacks_consent")
    return {codes[pk]: (num, den, lacks) for pk, num, den, lacks in rows}


def _kept_counts(school_id: UUID, day: date) -> dict[str, tuple[int, int, int]]:
    rows = SnapshotFigure.objects.filter(snapshot__day=day, level=_LEVEL, scope_id=school_id)
    fields = rows.values_list("definition_code", "num", "den", "lacks_consent")
    return {code: (num, den, lacks) for code, num, den, lacks in fields}


def _kept_stamp(day: date) -> Stamp | None:
    kept = Snapshot.objects.filter(day=day).first()
    return None if kept is None else Stamp(kept.day, kept.kind, kept.taken_at)


def _live_stamp(school_id: UUID, today: date) -> Stamp:
    """Return how current the school's cells are: a boundary that has come and is not rolled up leaves yesterday's."""
    state = SchoolState.objects.filter(pk=school_id).first()
    made_at = Cell.objects.filter(school_id=school_id).aggregate(at=Max("computed_at"))["at"]
    if state is None:
        return Stamp(today, LIVE, made_at)
    boundary = state.next_boundary
    as_of = boundary - timedelta(days=1) if boundary is not None and boundary <= today else today
    is_waiting = state.version > state.computed_version or state.computed_on is None or as_of != today
    return Stamp(as_of, LIVE, made_at, int(is_waiting))
