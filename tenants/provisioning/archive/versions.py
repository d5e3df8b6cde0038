"""Which version of a school's tables an archive holds, and an empty schema of that version.

An archive carries no SQL: whoever hands one over must not be able to run anything as the owner of all schools. Old
tables are made by this code's own migrations, up to the ones the archive names.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from core.tenancy import region, school
from core.tenancy.grants import ensure_school_role, sync_school
from tenants.provisioning.archive.manifest import Manifest
from tenants.provisioning.errors import ArchiveRefusedError
from tenants.provisioning.migration_set import school_apps


def known_migrations() -> set[tuple[str, str]]:
    """Return the migrations of schools that this code has, as pairs (app, name)."""
    apps = school_apps()
    return {key for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations if key[0] in apps}


def is_of_now(manifest: Manifest) -> bool:
    """Tell whether the archive stands at this code's migrations."""
    return set(manifest.migrations) == known_migrations()


def require_known(manifest: Manifest) -> None:
    """Refuse an archive of a newer platform: its tables would lose what this code does not know.

    :raises ArchiveRefusedError: when a migration of the archive is not in this code.
    """
    if not set(manifest.migrations) <= known_migrations():
        raise ArchiveRefusedError.of_newer_version()


def make_schema_at(schema: str, migrations: Iterable[tuple[str, str]]) -> None:
    """Make a school's role, schema, tables and rights as they were after some migrations. Migrator only."""
    with region():
        ensure_school_role(schema)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    with school(schema):
        executor = MigrationExecutor(connection)
        executor.migrate(_last_of_each(set(map(tuple, migrations)), executor.loader))
    with region():
        sync_school(schema)


def _last_of_each(wanted: set[tuple[str, ...]], loader: MigrationLoader) -> list[tuple[str, str]]:
    """Return the migrations after which nothing else of the same app is wanted."""
    nodes = loader.graph.node_map
    return sorted(
        (key[0], key[1])
        for key in wanted
        if not any(child.key in wanted and child.key[0] == key[0] for child in nodes[key].children)
    )
