"""By how much plain sums exceed distinct people, person by person whom the region knows twice, and together.

What each such person is counted again is kept by person (``PersonRepeat``, for the roll-up alone), so that a change
costs the people it touches; what the region may read (``Repeat``) is then set to the sum.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from reports.rollup.columns import column

# A person is in the base once when any record is, engaged once when any single record is, and lacks a consent once
# when no record is engaged and any lacks it.
_PEOPLE = """
WITH person AS (
    SELECT grouping(s.district_id) = 0 AS is_district, s.district_id, r.definition_id, k.identity,
           count(*) AS den, count(*) FILTER (WHERE r.is_engaged) AS num,
           count(*) FILTER (WHERE r.lacks_consent) AS lacking
    FROM {people} k
    JOIN rollup_sharedrecord r ON r.school_id = k.school_id AND r.person = k.person
    JOIN rollup_schoolstate s ON s.school_id = k.school_id
    GROUP BY GROUPING SETS ((r.definition_id, k.identity), (s.district_id, r.definition_id, k.identity))
)
INSERT INTO rollup_personrepeat (id, identity, district_id, definition_id, num, den, lacks_consent)
SELECT gen_random_uuid(), identity, district_id, definition_id, greatest(num - 1, 0), den - 1,
       lacking - CASE WHEN num = 0 AND lacking > 0 THEN 1 ELSE 0 END
FROM person
WHERE den > 1 AND (NOT is_district OR district_id IS NOT NULL)
"""
_TOUCHED = (
    "(SELECT k.* FROM unnest(string_to_array(%s, chr(31))) AS touched (identity) "
    "JOIN rollup_personkey k USING (identity) WHERE k.is_shared)"
)
_TOGETHER = """
INSERT INTO rollup_repeat (id, district_id, definition_id, num, den, lacks_consent, people)
SELECT gen_random_uuid(), district_id, definition_id, sum(num), sum(den), sum(lacks_consent), count(*)
FROM rollup_personrepeat GROUP BY district_id, definition_id
"""


def recount_repeats(identities: Iterable[str] | None = None) -> None:
    """Count again what these people (None: all) are counted twice. Under the ledger's lock, in ``rollup()``."""
    with connection.cursor() as cursor:
        if identities is None:
            cursor.execute("DELETE FROM rollup_personrepeat")
            cursor.execute(_PEOPLE.format(people="rollup_personkey"))
        else:
            touched = column(identities)
            cursor.execute(
                "DELETE FROM rollup_personrepeat r USING unnest(string_to_array(%s, chr(31))) AS touched (identity) "
                "WHERE r.identity = touched.identity",
                [touched],
            )
            cursor.execute(_PEOPLE.format(people=_TOUCHED), [touched])
        cursor.execute("DELETE FROM rollup_repeat")
        cursor.execute(_TOGETHER)


def identities_of(records: Iterable[tuple[UUID, UUID]]) -> set[str]:
    """Return who these records (school id, person) are."""
    pairs = list(records)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT k.identity "
            "FROM unnest(string_to_array(%s, chr(31))::uuid[], string_to_array(%s, chr(31))::uuid[]) "
            "AS asked (school_id, person) JOIN rollup_personkey k USING (school_id, person)",
            [column(school.hex for school, _ in pairs), column(person.hex for _, person in pairs)],
        )
        return {identity for (identity,) in cursor.fetchall()}
