"""Who is who over the region, kept up to date as keys of records come, change and go. In ``rollup()`` alone.

The rule is that of ``schools.coverage.domain.identity``; here it is applied to the records that a change can touch.
A change in one school can make a person of another known twice, or no longer: those schools are returned, to be
computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from reports.rollup.columns import column
from schools.coverage.domain import Keys, identities

Record = tuple[UUID, UUID]
"""A record of a person: the school's id, the person's id there."""


class Known(NamedTuple):
    """What is stored of a record: its keys, who it is, and whether the region holds another of the same person."""

    name_key: str
    snils_key: str
    identity: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Schools of whose records any is now somebody else, or became or ceased to be one of several; and those people."""

    schools: frozenset[UUID] = frozenset()
    identities: frozenset[str] = frozenset()


def replace_keys(school_ids: Iterable[UUID], found: Mapping[Record, Keys]) -> Changed:
    """Make ``found`` all that is known of these schools. Under the ledger's lock."""
    ids = list(school_ids)
    known = _read("JOIN unnest(%s::uuid[]) AS asked (school_id) USING (school_id)", [ids])
    gone = {record: stored for record, stored in known.items() if record not in found}
    changed = {record: keys for record, keys in found.items() if _keys_of(known.get(record)) != keys}
    if not gone and not changed:
        return Changed()
    names = {keys.name_key for keys in changed.values()}
    names |= {known[record].name_key for record in known.keys() & (gone.keys() | changed.keys())}
    # Who somebody is depends on all the numbers that stand against the name, in any school.
    alike = _read_by("name_key", names)
    now_keys = {record: Keys(one.name_key, one.snils_key) for record, one in alike.items() if record not in gone}
    now = identities(now_keys | changed)
    touched = {one.identity for one in alike.values()} | set(now.values())
    stored = alike | _read_by("identity", touched)
    return _settle(stored, gone, now_keys | changed, now, touched)


def _settle(
    stored: Mapping[Record, Known],
    gone: Mapping[Record, Known],
    keys: Mapping[Record, Keys],
    now: Mapping[Record, str],
    touched: set[str],
) -> Changed:
    """Write who everybody touched is now and whether they are one of several; return whom that concerns."""
    standing = {record: one.identity for record, one in stored.items() if record not in gone} | dict(now)
    records_of = Counter(standing.values())
    rows, schools = {}, set()
    for record, identity in standing.items():
        before = stored.get(record)
        name_key, snils_key = keys.get(record) or stored[record][:2]
        after = Known(name_key, snils_key, identity, records_of[identity] > 1)
        if after != before:
            rows[record] = after
        if before is None or (before.identity, before.is_shared) != (after.identity, after.is_shared):
            schools.add(record[0])
    _delete(gone)
    _store(rows)
    return Changed(frozenset(schools), frozenset(touched))


def _keys_of(stored: Known | None) -> Keys | None:
    return None if stored is None else Keys(stored.name_key, stored.snils_key)


def _read(narrowed: str, values: list[Any]) -> dict[Record, Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.school_id, k.person, k.name_key, k.snils_key, k.identity, k.is_shared "  # noqa: S608
            f"FROM rollup_personkey k {narrowed}",
            values,
        )
        return {(school, person): Known(*rest) for school, person, *rest in cursor.fetchall()}


def _read_by(name: str, values: Iterable[str]) -> dict[Record, Known]:
    # An array of ten thousand after ANY made the planner loop over the table; the length of unnest() it can see.
    return _read(f"JOIN unnest(string_to_array(%s, chr(31))) AS asked ({name}) USING ({name})", [column(values)])


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


def _store(rows: Mapping[Record, Known]) -> None:
    if not rows:
        return
    columns = [(school.hex, person.hex, *(str(value) for value in stored)) for (school, person), stored in rows.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rollup_personkey (school_id, person, name_key, snils_key, identity, is_shared) "
            "SELECT school::uuid, person::uuid, name_key, coalesce(snils_key, ''), identity, is_shared::bool "
            "FROM unnest(" + ", ".join(["string_to_array(%s, chr(31))"] * 6) + ") "
            "AS made (school, person, name_key, snils_key, identity, is_shared) "
            "ON CONFLICT (school_id, person) DO UPDATE SET name_key = EXCLUDED.name_key, "
            "snils_key = EXCLUDED.snils_key, identity = EXCLUDED.identity, is_shared = EXCLUDED.is_shared",
            [column(values) for values in zip(*columns, strict=True)],
        )
