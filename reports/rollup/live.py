"""Coverage of any day, counted now from the facts: no cells, no worker, no look at today's date.

The stored cells and this count are two ways to one figure; the nightly audit and the tests compare them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection

from core.tenancy import rollup
from reports.rollup.sources import Source, batches, sources
from schools.coverage.domain import Keys, Rule, Test, bit_tests, identities, people_statement
from tenants.registry.installation import refuse_while_rotating

Record = tuple[int, object]
"""A record of a person: the school's place in the list, the person's key there."""


@dataclass(frozen=True, slots=True)
class Figure:
    """People engaged (``num``) of people in the base (``den``); ``lacks_consent`` are in a pair and not counted."""

    num: int = 0
    den: int = 0
    lacks_consent: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.num + other.num, self.den + other.den, self.lacks_consent + other.lacks_consent)

    def __sub__(self, other: Figure) -> Figure:
        return Figure(self.num - other.num, self.den - other.den, self.lacks_consent - other.lacks_consent)


Figures = dict[str, Figure]
"""Figures by definition code."""


@dataclass(frozen=True)
class Scope:
    """Figures of a district or the region: distinct people, and how much the plain sum over schools counts again.

    ``people`` is, by definition code, the number of people who stand in the base of several schools.
    """

    figures: Figures
    repeats: Figures
    people: dict[str, int] = field(default_factory=dict)


@dataclass
class Coverage:
    """Coverage as of a day; keys are ids of schools and districts."""

    as_of: date
    schools: dict[UUID, Figures] = field(default_factory=dict)
    districts: dict[UUID, Scope] = field(default_factory=dict)
    region: Scope = field(default_factory=lambda: Scope({}, {}))


def figures_of_masks(masks: Counter[int], tests: Sequence[Test]) -> Figures:
    """Return the figures of people given as masks with their numbers."""
    return {
        test.code: Figure(
            num=sum(number for mask, number in masks.items() if test.is_engaged(mask)),
            den=sum(number for mask, number in masks.items() if test.is_in_base(mask)),
            lacks_consent=sum(number for mask, number in masks.items() if test.lacks_only_consent(mask)),
        )
        for test in tests
    }


def repeats_of(people: Iterable[Sequence[int]], tests: Sequence[Test]) -> Figures:
    """Return how much is counted more than once.

    Each element of ``people`` holds the masks of one person's records. A person counts once in the base when any
    record is in it, once as engaged when a single record is enrolled and engaged, and as lacking consent when only
    lacking records are there.
    """
    made = {test.code: Figure() for test in tests}
    for masks in people:
        for test in tests:
            den = sum(map(test.is_in_base, masks))
            num = sum(map(test.is_engaged, masks))
            lacking = sum(map(test.lacks_only_consent, masks))
            once = Figure(min(num, 1), min(den, 1), min(lacking, 1) if not num else 0)
            made[test.code] += Figure(num, den, lacking) - once
    return made


def coverage_as_of(day: date, rules: tuple[Rule, ...], schools: Sequence[Source] | None = None) -> Coverage:
    """Count coverage of a day over the schools (default: all that counted then), at all three levels.

    Enters ``rollup()``. Costs about 4 ms a school of 500 people, most of it reading keys to know people apart.
    """
    with rollup():
        refuse_while_rotating()
        chosen = sources(day) if schools is None else schools
        tests = bit_tests(rules)
        masks, keys = _read(day, rules, chosen)
    coverage = Coverage(day)
    of_place = [figures_of_masks(Counter(), tests) for _ in chosen]
    by_place: dict[int, Counter[int]] = defaultdict(Counter)
    for (place, _person), mask in masks.items():
        by_place[place][mask] += 1
    for place, school in enumerate(chosen):
        of_place[place] = coverage.schools[school.id] = figures_of_masks(by_place[place], tests)
    shared = _several_records(masks, keys)
    places: dict[UUID | None, list[int]] = defaultdict(list)
    for place, school in enumerate(chosen):
        places[school.district_id].append(place)
    for district, inside in places.items():
        if district is not None:
            coverage.districts[district] = _scope([of_place[place] for place in inside], shared, set(inside), tests)
    coverage.region = _scope(of_place, shared, set(range(len(chosen))), tests)
    return coverage


def _read(
    day: date, rules: tuple[Rule, ...], schools: Sequence[Source]
) -> tuple[dict[Record, int], dict[Record, Keys]]:
    masks: dict[Record, int] = {}
    keys: dict[Record, Keys] = {}
    first = 0
    with connection.cursor() as cursor:
        for batch in batches(schools):
            cursor.execute(people_statement(rules, day, tuple(school.schema for school in batch)))
            for place, person, name_key, snils_key, mask in cursor.fetchall():
                record = (first + place, person)
                masks[record] = mask
                keys[record] = Keys(name_key, snils_key)
            first += len(batch)
    return masks, keys


def _several_records(masks: dict[Record, int], keys: dict[Record, Keys]) -> list[list[tuple[int, int]]]:
    """Return, for each person with several records, the (place, mask) of each."""
    records: dict[str, list[Record]] = defaultdict(list)
    for record, identity in identities(keys).items():
        records[identity].append(record)
    return [[(one[0], masks[one]) for one in several] for several in records.values() if len(several) > 1]


def _scope(
    of_schools: Iterable[Figures], shared: list[list[tuple[int, int]]], inside: set[int], tests: Sequence[Test]
) -> Scope:
    people = [[mask for place, mask in person if place in inside] for person in shared]
    repeats = repeats_of(people, tests)
    several = {test.code: sum(sum(map(test.is_in_base, masks)) > 1 for masks in people) for test in tests}
    total = {test.code: Figure() for test in tests}
    for figures in of_schools:
        for code, figure in figures.items():
            total[code] += figure
    return Scope({code: total[code] - repeats[code] for code in total}, repeats, several)
