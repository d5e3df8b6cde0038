"""Freezing month-ends: figures of a day kept with their receipt, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.events.catalogue import announce
from core.tenancy import rollup
from reports.rollup.fold import lock_ledger, number_due
from reports.rollup.live import Coverage, Figure, Scope, coverage_as_of
from reports.rollup.models import Cell, Ledger, Snapshot, SnapshotFigure
from reports.rollup.months import to_freeze, to_restore
from reports.rollup.sources import Source, sources
from schools.coverage.selectors import rule_of
from tenants.reference.selectors import Definition, definitions_now

_log = structlog.get_logger(__name__)

_SETTLE_SECONDS = 30


def months_due(today: date) -> list[tuple[date, str]]:
    """Return the month-ends to be frozen now and those to be restored, earliest first, each with its kind.

    A month is frozen when its day has come. The months before the first roll-up are restored once, when nothing has
    been due for half a minute: the first roll-up of a region is a long load.
    """
    with rollup():
        ledger = Ledger.objects.filter(pk=1).first()
        if ledger is None or ledger.first_day is None:
            return []
        standing = set(Snapshot.objects.values_list("day", flat=True))
        frozen = to_freeze(ledger.first_day, today, settings.COVERAGE_FREEZE_DAY)
        due = [(day, str(Snapshot.Kind.FROZEN)) for day in frozen if day not in standing]
        restored = to_restore(ledger.first_day, settings.COVERAGE_RESTORED_MONTHS)
        waiting = [(day, str(Snapshot.Kind.RESTORED)) for day in restored if day not in standing]
        return waiting + due if waiting and _is_settled(today) else due


def freeze_due(today: date, *, most: int | None = None) -> list[date]:
    """Freeze and restore what is due, at most so many months; return their days."""
    return [day for day, kind in months_due(today)[:most] if freeze(day, kind)]


def _is_settled(today: date) -> bool:
    last = Cell.objects.order_by("-computed_at").values_list("computed_at", flat=True).first()
    long_ago = timezone.now() - timedelta(seconds=_SETTLE_SECONDS)
    return last is not None and last < long_ago and number_due(today) == 0


def freeze(day: date, kind: str) -> bool:
    """Count a day's figures from the facts and keep them; False when somebody else has. Enters ``rollup()``."""
    with rollup():
        definitions, schools = definitions_now(), sources(day)
        coverage = coverage_as_of(day, tuple(rule_of(one) for one in definitions), schools)
        with transaction.atomic():
            lock_ledger()
            if Snapshot.objects.filter(day=day).exists():
                return False
            snapshot = Snapshot.objects.create(
                day=day,
                kind=kind,
                taken_at=timezone.now(),
                schools=len(schools),
                receipt=_receipt(coverage, definitions),
            )
            figures = _figures(snapshot, coverage, schools, {one.code: one.id for one in definitions})
            SnapshotFigure.objects.bulk_create(figures, batch_size=1000)
            if kind == Snapshot.Kind.FROZEN:
                announce("figures.frozen", {"day": day})
    _log.info("month_frozen", day=day.isoformat(), kind=kind, schools=len(schools))
    return True


def _receipt(coverage: Coverage, definitions: tuple[Definition, ...]) -> dict[str, object]:
    """Return by what the region's figures were computed, and who was left out why."""
    return {
        "definitions": {one.code: {"id": str(one.id), "version": one.version} for one in definitions},
        "excluded": {
            one.code: {
                "no_consent": coverage.region.figures[one.code].lacks_consent,
                "counted_in_several_schools": coverage.region.repeats[one.code].num,
                "enrolled_in_several_schools": coverage.region.repeats[one.code].den,
            }
            for one in definitions
        },
    }


def _figures(
    snapshot: Snapshot, coverage: Coverage, schools: tuple[Source, ...], versions: dict[str, UUID]
) -> Iterator[SnapshotFigure]:
    level = SnapshotFigure.Level
    yield from _rows(snapshot, level.REGION, None, None, coverage.region, versions)
    for district, scope in coverage.districts.items():
        yield from _rows(snapshot, level.DISTRICT, district, district, scope, versions)
    for school in schools:
        scope = Scope(coverage.schools[school.id], {})
        yield from _rows(snapshot, level.SCHOOL, school.id, school.district_id, scope, versions)


def _rows(
    snapshot: Snapshot,
    level: str,
    scope_id: UUID | None,
    district: UUID | None,
    scope: Scope,
    versions: dict[str, UUID],
) -> Iterator[SnapshotFigure]:
    for code, figure in scope.figures.items():
        repeats = scope.repeats.get(code, Figure())
        yield SnapshotFigure(
            snapshot=snapshot,
            level=level,
            scope_id=scope_id,
            district_id=district,
            definition_code=code,
            definition_id=versions[code],
            num=figure.num,
            den=figure.den,
            lacks_consent=figure.lacks_consent,
            repeats_num=repeats.num,
            repeats_den=repeats.den,
            people_repeated=scope.people.get(code, 0),
        )
