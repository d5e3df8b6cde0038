"""The steps that give a school schema, tables, role and rights. Every step may be repeated; migrator's login only."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from psycopg import sql

from core.tenancy import region
from core.tenancy.grants import ensure_school_role, sync_region, sync_school
from tenants.registry.installation import claim_database


def migrate_region_schema() -> None:
    """Migrate the region's schema and bring its rights up to date.

    :raises ForeignPepperError: when the database belongs to an installation with another pepper.
    """
    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    with region():
        sync_region()
        claim_database()


def make_schema(schema: str) -> None:
    """Create a school's role, schema, tables and rights; completes whatever an interrupted run left behind.

    Shapes: ``schema`` is ``s_`` and 12 hex digits. About a second, nearly all of it django-tenants' own migration.
    """
    with region():
        ensure_school_role(schema)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
    migrate_school_schema(schema)


def migrate_school_schema(schema: str) -> None:
    """Migrate one school's schema and bring its rights up to date."""
    call_command("migrate_schemas", schema_name=schema, tenant=True, interactive=False, verbosity=0)
    with region():
        sync_school(schema)


def drop_schema(schema: str) -> None:
    """Drop a school's schema and role for good."""
    with region(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
        cursor.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(schema)))
