"""Reads of the papers that schools may ask of mentors from outside."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tenants.reference import models
from tenants.reference.reach import reach, rows_now
from tenants.reference.remembered import remembered


@dataclass(frozen=True, slots=True)
class ClearanceKind:
    """A paper asked of people of the kinds ``asked_of`` who stand outside the school.

    ``usual_months`` is how long it usually lasts, None without an end; ``by_default`` is ``block``, ``warn`` or
    ``off``, until a school decides otherwise.
    """

    id: UUID
    code: str
    version: int
    title: str
    asked_of: tuple[str, ...]
    usual_months: int | None
    by_default: str
    basis: str
    is_offered: bool


@remembered
def clearance_kinds_now(*, with_withdrawn: bool = False) -> tuple[ClearanceKind, ...]:
    """Return the kinds of clearance in force, in the region's order; withdrawn ones only on request."""
    with reach():
        return tuple(
            ClearanceKind(
                id=row.id,
                code=row.code,
                version=row.version,
                title=row.title,
                asked_of=tuple(row.asked_of),
                usual_months=row.usual_months,
                by_default=row.by_default,
                basis=row.basis,
                is_offered=row.is_offered,
            )
            for row in rows_now(models.ClearanceKind, with_withdrawn=with_withdrawn)
        )
