"""Rights in the database: what each role may do to each table, granted after every migration.

The table of rights itself is ``settings.DOOR_RIGHTS`` (composed in ``config``), so that the kernel knows no table of
the layers above. Rights are revoked first: what is not in the table is not granted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection
from psycopg import sql

from core.tenancy.context import REGION_SCHEMA, is_school_schema

_ALL = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True)
class Rights:
    """The composed table of rights.

    ``region_default`` holds for every table of the region schema that ``region`` does not name; the other maps go
    from table name to a comma-separated list of privileges (empty: none), each perhaps narrowed to columns.
    """

    region: Mapping[str, str] = field(default_factory=dict)
    rollup: Mapping[str, str] = field(default_factory=dict)
    school_shared: Mapping[str, str] = field(default_factory=dict)
    school_own: Mapping[str, str] = field(default_factory=dict)
    fact_views: tuple[str, ...] = ()
    row_security: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def _relations(schema: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relkind::text FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND c.relkind IN ('r', 'v', 'p', 'S') ORDER BY 1",
            [schema],
        )
        return list(cursor.fetchall())


def _run(statements: list[sql.Composable]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("; ").join(statements))


def _grant(privileges: str, schema: str, name: str, role: str, kind: str = "TABLE") -> sql.Composable:
    return sql.SQL(f"GRANT {privileges} ON {kind} {{}} TO {{}}").format(
        sql.Identifier(schema, name), sql.Identifier(role)
    )


def _revoke(schema: str, name: str, role: str, kind: str = "TABLE") -> sql.Composable:
    return sql.SQL(f"REVOKE ALL ON {kind} {{}} FROM {{}}").format(sql.Identifier(schema, name), sql.Identifier(role))


def ensure_school_role(schema: str) -> None:
    """Create the role of a school and let ``app`` take it; safe to repeat. Migrator only.

    :raises ValueError: when the name is not that of a school's schema.
    """
    if not is_school_schema(schema):
        raise ValueError("not the name of a school's schema")
    app = settings.DOOR_APP_LOGIN
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", [schema])
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL(
                    "DO $$ BEGIN CREATE ROLE {} NOLOGIN NOINHERIT; "
                    "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
                ).format(sql.Identifier(schema))
            )
    _run(
        [
            # INHERIT is the school group's: it carries the rights on shared tables. SET FALSE: nobody becomes it.
            sql.SQL("GRANT school TO {} WITH INHERIT TRUE, SET FALSE").format(sql.Identifier(schema)),
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(schema), sql.Identifier(app)),
        ]
    )


def sync_school(schema: str) -> None:
    """Bring the rights of one school's schema up to date. Migrator only; about 8 ms."""
    rights: Rights = settings.DOOR_RIGHTS
    statements: list[sql.Composable] = [
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}, rollup").format(sql.Identifier(schema), sql.Identifier(schema))
    ]
    for name, kind in _relations(schema):
        if kind == "S":
            statements.append(_grant("USAGE, SELECT", schema, name, schema, "SEQUENCE"))
            continue
        statements.append(_revoke(schema, name, schema))
        if kind == "v":
            statements.append(_grant("SELECT", schema, name, schema))
            if name in rights.fact_views:
                statements.append(_grant("SELECT", schema, name, "rollup"))
            continue
        privileges = rights.school_own.get(name, _ALL)
        if privileges:
            statements.append(_grant(privileges, schema, name, schema))
    _run(statements)


def sync_region() -> None:
    """Bring the rights of the region's schema up to date, row policies included. Migrator only.

    :raises LookupError: when the table of rights names a table that does not exist (a stale row is a defect).
    """
    rights: Rights = settings.DOOR_RIGHTS
    relations = _relations(REGION_SCHEMA)
    names = {name for name, kind in relations if kind != "S"}
    for named in (rights.region, rights.rollup, rights.school_shared, rights.row_security):
        stale = sorted(set(named) - names)
        if stale:
            raise LookupError(f"the table of rights names what does not exist: {', '.join(stale)}")
    statements: list[sql.Composable] = [
        sql.SQL("GRANT USAGE ON SCHEMA region TO region, rollup, school"),
    ]
    for name, kind in relations:
        if kind == "S":
            statements.append(_grant("USAGE, SELECT", REGION_SCHEMA, name, "region", "SEQUENCE"))
            continue
        for role, table in (
            ("region", rights.region),
            ("rollup", rights.rollup),
            ("school", rights.school_shared),
        ):
            statements.append(_revoke(REGION_SCHEMA, name, role))
            privileges = table.get(name, _ALL if role == "region" else "")
            if privileges:
                statements.append(_grant(privileges, REGION_SCHEMA, name, role))
    for name, (column, roles) in rights.row_security.items():
        statements.extend(_own_rows(name, column, roles))
    _run(statements)


def _own_rows(table: str, columns: str, trusted: str) -> list[sql.Composable]:
    """Return the row policies of a table that schools write to: a school its own rows, trusted roles all.

    With several columns a row is the school's own when one of them names it; it is inserted by the one of the first.
    """
    name = sql.Identifier(REGION_SCHEMA, table)
    tests = [sql.SQL("{} = current_user").format(sql.Identifier(column)) for column in columns.split()]
    statements: list[sql.Composable] = [
        sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name),
        sql.SQL("DROP POLICY IF EXISTS own_rows ON {}").format(name),
        sql.SQL("DROP POLICY IF EXISTS own_hand ON {}").format(name),
        sql.SQL("CREATE POLICY own_rows ON {} TO school USING ({own}) WITH CHECK ({own})").format(
            name, own=sql.SQL(" OR ").join(tests)
        ),
    ]
    if len(tests) > 1:
        statements.append(
            sql.SQL("CREATE POLICY own_hand ON {} AS RESTRICTIVE FOR INSERT TO school WITH CHECK ({own})").format(
                name, own=tests[0]
            )
        )
    for role in trusted.split():
        policy = sql.Identifier(f"all_rows_{role}")
        statements.append(sql.SQL("DROP POLICY IF EXISTS {} ON {}").format(policy, name))
        statements.append(
            sql.SQL("CREATE POLICY {} ON {} TO {} USING (true) WITH CHECK (true)").format(
                policy, name, sql.Identifier(role)
            )
        )
    return statements
