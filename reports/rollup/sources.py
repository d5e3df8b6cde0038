"""What a roll-up starts from: the schools that have facts, and the definitions in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from schools.coverage.domain import Rule
from schools.coverage.selectors import rule_of
from tenants.provisioning.models import SchoolSchema
from tenants.reference.selectors import definitions_now
from tenants.registry.models import School

SCHOOLS_PER_STATEMENT = 25

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Source:
    """A school that has a schema; ``district_id`` is None for a school of the region itself."""

    id: UUID
    code: str
    schema: str
    district_id: UUID | None


def sources(day: date | None = None) -> tuple[Source, ...]:
    """Return the schools that count, by code: ready and suspended ones. In ``region()`` or ``rollup()``.

    :param day: also those that were closed after this day: it was a day of theirs, and their facts still stand.
    """
    counts = Q(state__in=[School.State.READY, School.State.SUSPENDED])
    if day is not None:
        # The schema of a closed school may have been dropped by now.
        kept = SchoolSchema.objects.values("schema_name")
        counts |= Q(state=School.State.CLOSED, state_changed_at__date__gt=day, schema_name__in=kept)
    rows = School.objects.filter(counts).order_by("code")
    return tuple(Source(*row) for row in rows.values_list("id", "code", "schema_name", "district_id"))


def rules_now() -> tuple[Rule, ...]:
    """Return the rules of the definitions in force, in the region's order."""
    return tuple(rule_of(definition) for definition in definitions_now())


def batches(items: Sequence[Item], size: int = SCHOOLS_PER_STATEMENT) -> Iterator[Sequence[Item]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
