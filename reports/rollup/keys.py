"""Who is who over the region, kept up to date as keys of records come, change and go. In ``rollup()`` alone.

The rule is that of ``schools.coverage.domain.identity``. A change in one school can make a person of another known
twice, or no longer: those schools are returned, to be computed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

Record = tuple[UUID, UUID]
"""A record of a person: the school's id, the person's id there."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Schools of whose records any is now somebody else, or became or ceased to be one of several; and those people."""

    schools: frozenset[UUID] = frozenset()
    identities: frozenset[str] = frozenset()


# Long lists come as unnest(), which the planner can count; ANY of ten thousand made it loop over the table.
_IDENTITY = """
WITH wanted AS MATERIALIZED (
    SELECT r.school_id, r.person, r.name_key, r.snils_key
    FROM unnest(%(names)s::text[]) AS named (name_key) JOIN rollup_personkey r USING (name_key)
), standing AS (
    SELECT name_key, min(snils_key) AS snils_key FROM wanted WHERE snils_key <> ''
    GROUP BY name_key HAVING count(DISTINCT snils_key) = 1
), made AS (
    SELECT w.school_id, w.person,
           CASE WHEN w.snils_key <> '' THEN 's:' || w.snils_key
                WHEN s.snils_key IS NOT NULL THEN 's:' || s.snils_key
                ELSE 'n:' || w.name_key END AS identity
    FROM wanted w LEFT JOIN standing s USING (name_key)
)
UPDATE rollup_personkey AS k SET identity = made.identity FROM made
WHERE k.school_id = made.school_id AND k.person = made.person AND k.identity <> made.identity
RETURNING k.school_id
"""

_SHARED = """
WITH several AS MATERIALIZED (
    SELECT identity, count(*) > 1 AS yes
    FROM unnest(%(identities)s::text[]) AS touched (identity) JOIN rollup_personkey USING (identity)
    GROUP BY identity
)
UPDATE rollup_personkey AS k SET is_shared = several.yes FROM several
WHERE k.identity = several.identity AND k.is_shared <> several.yes
RETURNING k.school_id
"""


def replace_keys(school_ids: Iterable[UUID], found: Mapping[Record, tuple[str, str]]) -> Changed:
    """Make ``found`` (record → name key, СНИЛС key) all that is known of these schools. Under the ledger's lock."""
    ids = list(school_ids)
    known = {(school, person): (name, snils) for school, person, name, snils in _records(ids)}
    gone = known.keys() - found.keys()
    changed = {record: keys for record, keys in found.items() if known.get(record) != keys}
    if not gone and not changed:
        return Changed()
    names = {name for name, _ in changed.values()}
    names |= {known[record][0] for record in known.keys() & (gone | changed.keys())}
    touched = _identities(names)
    _delete(gone)
    _store(changed)
    affected = _returned(_IDENTITY, names=sorted(names))
    touched |= _identities(names)
    affected |= _returned(_SHARED, identities=sorted(touched))
    return Changed(frozenset(affected), frozenset(touched))


def _records(school_ids: list[UUID]) -> list[tuple[UUID, UUID, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT school_id, person, name_key, snils_key FROM rollup_personkey WHERE school_id = ANY (%s)",
            [school_ids],
        )
        return list(cursor.fetchall())


def _identities(names: set[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT identity FROM unnest(%s::text[]) AS named (name_key) "
            "JOIN rollup_personkey USING (name_key)",
            [sorted(names)],
        )
        return {identity for (identity,) in cursor.fetchall()}


def _delete(records: Iterable[Record]) -> None:
    pairs = list(records)
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM rollup_personkey k USING unnest(%s::uuid[], %s::uuid[]) AS gone (school_id, person) "
            "WHERE k.school_id = gone.school_id AND k.person = gone.person",
            [[school for school, _ in pairs], [person for _, person in pairs]],
        )


def _store(records: Mapping[Record, tuple[str, str]]) -> None:
    if not records:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rollup_personkey (school_id, person, name_key, snils_key, identity, is_shared) "
            "SELECT *, '', false FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) "
            "ON CONFLICT (school_id, person) DO UPDATE "
            "SET name_key = EXCLUDED.name_key, snils_key = EXCLUDED.snils_key",
            [
                [school for school, _ in records],
                [person for _, person in records],
                [name for name, _ in records.values()],
                [snils for _, snils in records.values()],
            ],
        )


def _returned(statement: str, **values: list[str]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {school for (school,) in cursor.fetchall()}
