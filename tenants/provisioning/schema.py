"""The steps that give a school schema, tables, role and rights. Every step may be repeated; migrator's login only."""

from __future__ import annotations

import time
from typing import Final

from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg import sql
from psycopg.errors import LockNotAvailable

from core.tenancy import region
from core.tenancy.grants import ensure_school_role, sync_region, sync_school
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.migration_set import migration_set
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.script import apply_script, ensure_script
from tenants.provisioning.unfinished import drop_unfinished_indexes
from tenants.registry.installation import claim_database

_LOCK_ATTEMPTS: Final = 5


def migrate_region_schema() -> None:
    """Migrate the region's schema and bring its rights up to date.

    A table in use is waited for as long as pages can wait too, and asked for again a few times.

    :raises ForeignPepperError: when the database belongs to an installation with another pepper.
    :raises OperationalError: when somebody's transaction holds a table all the while; done migrations stay done.
    """
    for attempt in range(1, _LOCK_ATTEMPTS + 1):
        try:
            call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
            break
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or attempt == _LOCK_ATTEMPTS:
                raise
            time.sleep(attempt)
    with region():
        sync_region()
        claim_database()


def make_schema(schema: str, *, is_spare: bool = False) -> None:
    """Create a school's role, schema, tables and rights; completes whatever an interrupted run left behind.

    Shapes: ``schema`` is ``s_`` and 12 hex digits. One transaction and tens of milliseconds by the script; about a
    second by Django's own migration when there is no script or the schema was begun that way. Runs outside every
    context.
    """
    script = ensure_script()
    with region():
        is_begun = _has_tables(schema)
    if script is None or is_begun:
        _make_by_migration(schema, is_spare=is_spare)
        return
    with region(), transaction.atomic():
        apply_script(script, schema)
        note_version(schema, is_spare=is_spare, fingerprint=script.fingerprint)


def _make_by_migration(schema: str, *, is_spare: bool) -> None:
    with region():
        ensure_school_role(schema)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    migrate_school_schema(schema, is_spare=is_spare)


def _has_tables(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s)",
            [schema],
        )
        return bool(cursor.fetchone()[0])


def migrate_school_schema(schema: str, *, is_spare: bool = False) -> str:
    """Migrate one school's schema by Django's own migration and bring its rights up to date.

    Outside every transaction; an index that a killed run left behind is dropped first. Return the catalogue's
    fingerprint, which the ledger keeps.
    """
    drop_unfinished_indexes(schema)
    call_command("migrate_schemas", schema_name=schema, tenant=True, interactive=False, verbosity=0)
    with region(), transaction.atomic():
        sync_school(schema)
        mark = fingerprint(schema)
        note_version(schema, is_spare=is_spare, fingerprint=mark)
    return mark


def note_version(schema: str, *, is_spare: bool = False, fingerprint: str = "") -> None:
    """Note in the ledger that a schema stands at this code's migrations. Runs in ``region()``.

    A schema that was a spare and has a school by now stays the school's.
    """
    row = SchoolSchema(schema_name=schema, migration_set=migration_set(), is_spare=is_spare, changed_at=timezone.now())
    SchoolSchema.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["schema_name"],
        update_fields=["migration_set", "fingerprint", "error", "changed_at"],
    )


def drop_schema(schema: str) -> None:
    """Drop a school's schema and role for good."""
    with region(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
        cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(schema)))
        SchoolSchema.objects.filter(schema_name=schema).delete()
