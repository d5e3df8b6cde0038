"""Writes figures as the roll-up leaves them, so that pages are checked against exact values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from django.utils import timezone

from core.tenancy import rollup
from reports.rollup.models import Cell, Repeat, SchoolState, Snapshot, SnapshotFigure
from tenants.reference.selectors import definitions_now

TAKEN = datetime(2026, 11, 5, 3, tzinfo=UTC)


def write_cells(figures: dict[UUID, tuple[str, UUID | None, dict[str, tuple[int, int, int]]]]) -> None:
    """Write cells: school id → (schema, district id, definition code → (num, den, lacking consent))."""
    ids = {one.code: one.id for one in definitions_now()}
    today = timezone.localdate()
    with rollup():
        for school, (schema, district, by_code) in figures.items():
            SchoolState.objects.update_or_create(
                school_id=school,
                defaults={
                    "schema_name": schema,
                    "district_id": district,
                    "version": 1,
                    "computed_version": 1,
                    "computed_on": today,
                },
            )
            Cell.objects.filter(school_id=school).delete()
            Cell.objects.bulk_create(
                Cell(
                    school_id=school,
                    definition_id=ids[code],
                    num=num,
                    den=den,
                    lacks_consent=lacks,
                    as_of=today,
                    version=1,
                    computed_at=timezone.now(),
                )
                for code, (num, den, lacks) in by_code.items()
            )


def write_repeat(code: str, district: UUID | None, num: int, den: int) -> None:
    """Write by how much a plain sum counts again."""
    ids = {one.code: one.id for one in definitions_now()}
    with rollup():
        Repeat.objects.create(
            district_id=district, definition_id=ids[code], num=num, den=den, lacks_consent=0, people=den
        )


def freeze(day: date, kind: str, code: str, figures: list[tuple[str, UUID | None, UUID | None, int, int]]) -> None:
    """Write a month's end: rows of (level, scope id, district id then, num, den)."""
    ids = {one.code: one.id for one in definitions_now()}
    with rollup():
        taken, _new = Snapshot.objects.get_or_create(
            day=day, defaults={"kind": kind, "taken_at": TAKEN, "schools": 2, "receipt": {}}
        )
        SnapshotFigure.objects.bulk_create(
            SnapshotFigure(
                snapshot=taken,
                level=level,
                scope_id=scope,
                district_id=district,
                definition_code=code,
                definition_id=ids[code],
                num=num,
                den=den,
                lacks_consent=0,
            )
            for level, scope, district, num, den in figures
        )
