"""By how much plain sums exceed distinct people: counted from the records of people whom the region knows twice."""

from __future__ import annotations

from django.db import connection

# A person is in the base once when any record is, engaged once when any single record is, and lacks a consent once
# when no record is engaged and any lacks it.
_RECOUNT = """
WITH person AS (
    SELECT grouping(s.district_id) = 0 AS is_district, s.district_id, r.definition_id, k.identity,
           count(*) AS den, count(*) FILTER (WHERE r.is_engaged) AS num,
           count(*) FILTER (WHERE r.lacks_consent) AS lacking
    FROM rollup_sharedrecord r
    JOIN rollup_personkey k ON k.school_id = r.school_id AND k.person = r.person
    JOIN rollup_schoolstate s ON s.school_id = r.school_id
    GROUP BY GROUPING SETS ((r.definition_id, k.identity), (s.district_id, r.definition_id, k.identity))
)
INSERT INTO rollup_repeat (id, district_id, definition_id, num, den, lacks_consent, people)
SELECT gen_random_uuid(), district_id, definition_id, sum(greatest(num - 1, 0)), sum(den - 1),
       sum(lacking - CASE WHEN num = 0 AND lacking > 0 THEN 1 ELSE 0 END), count(*)
FROM person
WHERE den > 1 AND (NOT is_district OR district_id IS NOT NULL)
GROUP BY is_district, district_id, definition_id
"""


def recount_repeats() -> None:
    """Count the repeats of every district and the region anew. Under the ledger's lock, in ``rollup()``."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rollup_repeat")
        cursor.execute(_RECOUNT)
