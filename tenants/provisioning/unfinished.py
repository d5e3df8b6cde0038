"""Indexes that a migration outside transactions left behind when it was killed: it can neither go on nor begin again.

CREATE INDEX CONCURRENTLY leaves an index that is not valid when its server dies or a lock is not had, and a valid one
when only its client dies: the server goes on, and nobody records the migration.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import structlog
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from core.tenancy import region, school
from tenants.provisioning.migration_set import school_apps

_log = structlog.get_logger(__name__)

# Found by the schema's tables: pg_index has a row for each index of every school. What a constraint stands on is made
# inside transactions.
_LEFT: Final = """
SELECT c.relname FROM pg_catalog.pg_namespace n
  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
                             AND d.classid = 'pg_class'::regclass
  JOIN pg_catalog.pg_index i ON i.indrelid = d.objid
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
 WHERE n.nspname = %(schema)s AND (NOT i.indisvalid OR c.relname = ANY(%(awaited)s))
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = i.indrelid AND k.conindid = c.oid)
 ORDER BY c.relname
"""


def drop_unfinished_indexes(schema: str) -> list[str]:
    """Drop what a killed migration began in a school's schema; return the names. Migrator, outside every transaction.

    Indexes that are not valid, and those that a migration outside transactions makes which the schema has not recorded.

    :raises OperationalError: when somebody's transaction holds the table all the while.
    """
    awaited = _awaited(schema)
    with region(), connection.cursor() as cursor:
        cursor.execute(_LEFT, {"schema": schema, "awaited": awaited})
        left = [str(name) for (name,) in cursor.fetchall()]
        for name in left:
            # Concurrently: whoever reads the table meanwhile does not wait.
            statement = sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(schema, name))
            cursor.execute(statement)
    if left:
        _log.warning("unfinished_indexes_dropped", schema=schema, indexes=left)
    return left


def _awaited(schema: str) -> list[str]:
    """Return the names of the indexes whose migration a schema has not recorded."""
    if not _made_concurrently():
        return []
    with school(schema), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT app, name FROM django_migrations")
        recorded = {(str(app), str(name)) for app, name in cursor.fetchall()}
    return [index for key, indexes in _made_concurrently().items() if key not in recorded for index in indexes]


@lru_cache(maxsize=1)
def _made_concurrently() -> dict[tuple[str, str], list[str]]:
    """Return the indexes that schools' migrations make outside transactions, by the migration.

    A migration that stands for former ones is left out: where those have run it is recorded only afterwards.
    """
    found = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items()
    made = {
        key: [str(one.index.name) for one in migration.operations if isinstance(one, AddIndexConcurrently)]
        for key, migration in found
        if key[0] in school_apps() and not migration.replaces
    }
    return {key: indexes for key, indexes in made.items() if indexes}
