"""Another pepper for the whole region: every school's keys anew, and what the roll-up remembers of them.

Who is one person does not change, for both are keyed hashes of the same texts; so no figure does. In between keys of
two peppers stand side by side: nothing starts then, and nothing counts (``tenants.registry.installation``). Every step
may be repeated, so a run that was killed is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from core.tenancy import region, rollup, school
from reports.rollup.fold import lock_ledger
from reports.rollup.repeats import recount_repeats
from schools.people.rekeying import rekey_people
from tenants.provisioning.models import SchoolSchema
from tenants.registry.installation import finish_rotation
from tenants.registry.models import School

_TAKE_OVER = """
UPDATE rollup_personkey k SET name_key = m.name_key, snils_key = m.snils_key
FROM (SELECT DISTINCT person, name_key, snils_key FROM {}.coverage_member) m
WHERE k.school_id = %s AND k.person = m.person
"""
# The rule of schools.coverage.domain.identity, over all records at once.
_IDENTITIES = """
WITH standing AS (
    SELECT name_key, min(snils_key) AS number FROM rollup_personkey WHERE snils_key <> ''
    GROUP BY name_key HAVING count(DISTINCT snils_key) = 1
)
UPDATE rollup_personkey k
SET identity = coalesce('s:' || nullif(k.snils_key, ''), 's:' || s.number, 'n:' || k.name_key)
FROM rollup_personkey own LEFT JOIN standing s ON s.name_key = own.name_key
WHERE k.school_id = own.school_id AND k.person = own.person
"""


def schools_with_people() -> list[tuple[UUID, str]]:
    """Return (id, schema) of every school that has a schema, in whatever state. In ``region()``."""
    kept = SchoolSchema.objects.values("schema_name")
    rows = School.objects.filter(schema_name__in=kept).order_by("schema_name")
    return list(rows.values_list("pk", "schema_name"))


def rotate_schools(schools: list[tuple[UUID, str]]) -> Iterator[int]:
    """Compute the keys of each school under the running pepper; yield how many people each has. Outside contexts.

    A school and what the roll-up remembers of it change in one transaction.
    """
    for school_id, schema in schools:
        with transaction.atomic():
            with school(schema):
                people = rekey_people()
            with rollup(), connection.cursor() as cursor:
                cursor.execute(sql.SQL(_TAKE_OVER).format(sql.Identifier(schema)), [school_id])
        yield people


def settle() -> None:
    """Say who is who by the new keys, and that the running pepper is the region's: all of it, or nothing.

    Outside contexts.
    """
    with transaction.atomic():
        settle_identities()
        with region():
            finish_rotation()


def settle_identities() -> None:
    """Say who is who by the keys that are stored now, in the caller's transaction. Outside contexts."""
    with rollup():
        lock_ledger()
        with connection.cursor() as cursor:
            cursor.execute(_IDENTITIES)
        recount_repeats()
