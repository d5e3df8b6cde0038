"""Reading the facts of a batch of schools through their views: one statement for all of them. In ``rollup()``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from reports.rollup.live import Figure
from schools.coverage.domain import (
    Keys,
    Rule,
    ages_watched,
    birthday,
    bit_tests,
    cells_statement,
    keys_statement,
    watch_statement,
)

Place = tuple[UUID, str]
"""A school's id and schema."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A record in the base of a rule, of somebody with other records: engaged by it, kept out by a consent."""

    person: UUID
    rule: int
    is_engaged: bool
    lacks_consent: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a day says of one school: figures in the order of the rules, and the records of people known elsewhere."""

    figures: tuple[Figure, ...]
    shared: frozenset[Shared]

    @property
    def has_people(self) -> bool:
        """Tell whether anybody is in any base."""
        return any(figure.den for figure in self.figures)


@dataclass(frozen=True, slots=True)
class Watch:
    """A sum that changes with anybody's keys, and the next day on which the result may change by itself."""

    keys_sum: int
    next_boundary: date | None


def read_facts(rules: tuple[Rule, ...], day: date, places: Sequence[Place]) -> list[Facts]:
    """Return the facts of these schools as of a day, in their order."""
    statement = cells_statement(
        rules, day, tuple(schema for _, schema in places), known_elsewhere=_known_elsewhere(places)
    )
    facts = [Facts(tuple(Figure() for _ in rules), frozenset())] * len(places)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for place, *columns in cursor.fetchall():
            facts[place] = facts_of_row(rules, columns)
    return facts


def facts_of_row(rules: tuple[Rule, ...], columns: Sequence[Any]) -> Facts:
    """Return the facts of a row of the cells statement, its place left off."""
    known = {UUID(person): mask for person, mask in json.loads(columns[-1] or "{}").items()}
    numbers = iter(columns[:-1])
    return Facts(
        tuple(Figure(*three) for three in zip(numbers, numbers, numbers, strict=True)),
        frozenset(
            Shared(person, rule, test.is_engaged(mask), test.lacks_only_consent(mask))
            for person, mask in known.items()
            for rule, test in enumerate(bit_tests(rules))
            if test.is_in_base(mask)
        ),
    )


def _known_elsewhere(places: Sequence[Place]) -> str:
    """Return the SELECT of (place, person) of the records whose people have others in the region."""
    numbered = ", ".join(f"({number}, '{school}'::uuid)" for number, (school, _) in enumerate(places))
    return (
        "SELECT asked.place, k.person FROM region.rollup_personkey k "  # noqa: S608  numbers and UUIDs of our own
        f"JOIN (VALUES {numbered}) AS asked (place, school_id) ON asked.school_id = k.school_id WHERE k.is_shared"
    )


def watch(rules: tuple[Rule, ...], day: date, schemas: Sequence[str]) -> list[Watch]:
    """Return what to watch for in these schools after ``day``, in their order."""
    watches = [Watch(0, None)] * len(schemas)
    ages = ages_watched(rules)
    with connection.cursor() as cursor:
        cursor.execute(watch_statement(rules, day, tuple(schemas)))
        for place, keys_sum, starts, ends, *births in cursor.fetchall():
            days = [birthday(born, years) for years, born in zip(ages, births, strict=True) if born is not None]
            days += [day for day in (starts, ends) if day is not None]
            watches[place] = Watch(keys_sum or 0, min(days, default=None))
    return watches


def read_keys(places: Sequence[Place]) -> dict[tuple[UUID, UUID], Keys]:
    """Return the keys of everybody these schools know: (school id, person) → keys."""
    with connection.cursor() as cursor:
        cursor.execute(keys_statement(tuple(schema for _, schema in places)))
        return {(places[place][0], person): Keys(name, snils) for place, person, name, snils in cursor.fetchall()}
