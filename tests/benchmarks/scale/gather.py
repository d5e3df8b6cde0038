"""What the region's roll-up does with schools that are elsewhere: marks are fetched, facts are read where they are.

Truth about what is due stays in the region's database. A mark is counted there first and deleted where it lay
afterwards: a crash in between counts it twice, which costs a roll-up, never none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from core.events.models import Mark
from reports.rollup import work
from reports.rollup.facts import Place, read_facts, read_keys, watch
from tests.benchmarks.scale.places import REGION, at, place_of

Row = TypeVar("Row")


def fetch_marks(places: Sequence[str]) -> int:
    """Count the marks of other databases in the region's; return how many. In ``rollup()``."""
    fetched = 0
    for place in places:
        with at(place):
            found = dict(Mark.objects.values_list("pk", "school_schema"))
        if not found:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE rollup_schoolstate SET version = version + 1, due_since = coalesce(due_since, now()) "
                "WHERE schema_name = ANY (%s)",
                [sorted(set(found.values()))],
            )
        with at(place):
            Mark.objects.filter(pk__in=found).delete()
        fetched += len(found)
    return fetched


def _divided(schemas: Sequence[str]) -> dict[str, list[int]]:
    """Return the positions of these schools by database."""
    places: dict[str, list[int]] = {}
    for position, schema in enumerate(schemas):
        places.setdefault(place_of(schema), []).append(position)
    return places


def _spread(schemas: Sequence[str], read: Callable[[str, list[int]], Sequence[Row]]) -> list[Row]:
    """Read each database for its own schools and put the rows in the order that was asked for."""
    rows: list[Any] = [None] * len(schemas)
    for place, positions in _divided(schemas).items():
        with at(place):
            for position, row in zip(positions, read(place, positions), strict=True):
                rows[position] = row
    return rows


def watch_everywhere(rules: Any, day: Any, schemas: Sequence[str]) -> Any:
    """Return what to watch for in these schools, wherever they are."""
    return _spread(schemas, lambda _, positions: watch(rules, day, [schemas[one] for one in positions]))


def read_facts_everywhere(rules: Any, day: Any, schools: Sequence[Place]) -> Any:
    """Return the facts of these schools, wherever they are, with the people known elsewhere passed down first."""

    def read(place: str, positions: list[int]) -> Any:
        mine = [schools[one] for one in positions]
        if place != REGION:
            _pass_down(place, [school for school, _ in mine])
        return read_facts(rules, day, mine)

    return _spread([schema for _, schema in schools], read)


def read_keys_everywhere(schools: Sequence[Place]) -> Any:
    """Return the keys of everybody these schools know."""
    found: dict[Any, Any] = {}
    for place, positions in _divided([schema for _, schema in schools]).items():
        with at(place):
            found |= read_keys([schools[one] for one in positions])
    return found


def _pass_down(place: str, school_ids: list[UUID]) -> None:
    """Tell a database which of its schools' people the region knows elsewhere too: hashes and ids, no names."""
    columns = "school_id, person, name_key, snils_key, identity, is_shared"
    with at(REGION), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM rollup_personkey WHERE is_shared AND school_id = ANY (%s)",
            [school_ids],
        )
        rows = cursor.fetchall()
    with at(place), connection.cursor() as cursor:
        cursor.execute("DELETE FROM rollup_personkey WHERE school_id = ANY (%s)", [school_ids])
        if rows:
            cursor.executemany(f"INSERT INTO rollup_personkey ({columns}) VALUES (%s, %s, %s, %s, %s, %s)", rows)


def teach_the_rollup() -> None:
    """Let the product's roll-up read everywhere."""
    work.watch, work.read_facts, work.read_keys = watch_everywhere, read_facts_everywhere, read_keys_everywhere
