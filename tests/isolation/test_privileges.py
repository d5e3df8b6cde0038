"""P3 and P5 in the catalogue: what each role may do, read from the server and compared with the table of rights."""

from __future__ import annotations

import itertools
import re

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from core.tenancy import region, rollup, school, shared
from tests.support import world
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def rows(sql: str, parameters: list[object] | None = None) -> list[tuple]:
    with region(), connection.cursor() as cursor:
        cursor.execute(sql, parameters or [])
        return list(cursor.fetchall())


def relations() -> list[tuple[str, str, str, int]]:
    return rows(
        "SELECT n.nspname, c.relname, c.relkind::text, c.oid::int8 FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ANY(%s) AND c.relkind IN ('r', 'v', 'p', 'm') ORDER BY 1, 2",
        [["region", SCHOOL_A.schema, SCHOOL_B.schema]],
    )


def expected(role: str, schema: str, name: str, kind: str) -> set[str]:
    """Return the privileges the table of rights gives, and nothing else."""
    rights = settings.DOOR_RIGHTS
    full = "SELECT, INSERT, UPDATE, DELETE"
    given = ""
    if schema == "region":
        if role == "region":
            given = rights.region.get(name, full)
        elif role == "rollup":
            given = rights.rollup.get(name, "")
        elif role in (SCHOOL_A.schema, SCHOOL_B.schema, "school"):
            given = rights.school_shared.get(name, "")
    elif role == schema:
        given = "SELECT" if kind == "v" else rights.school_own.get(name, full)
    elif role == "rollup" and name in rights.fact_views:
        given = "SELECT"
    # What is narrowed to columns is no privilege on the table.
    whole = re.sub(r"\w+ \([^)]*\)", "", given)
    return {word.strip() for word in whole.split(",") if word.strip()}


def columns_in_the_table_of_rights() -> set[tuple[str, str, str, str]]:
    """Return (role, table, privilege, column) of every privilege that is narrowed to columns."""
    rights = settings.DOOR_RIGHTS
    found = set()
    for role, table in (("region", rights.region), ("rollup", rights.rollup), ("school", rights.school_shared)):
        for name, given in table.items():
            for privilege, columns in re.findall(r"(\w+) \(([^)]*)\)", given):
                found |= {(role, name, privilege, column.strip()) for column in columns.split(",")}
    return found


def test_every_privilege_is_in_the_table_of_rights():
    tables = relations()
    assert len(tables) > 40
    roles = [SCHOOL_A.schema, SCHOOL_B.schema, "region", "rollup", "school", "nowhere", settings.DOOR_APP_LOGIN]
    checked = 0
    for (schema, name, kind, oid), role in itertools.product(tables, roles):
        held = rows(
            "SELECT p FROM unnest(%s::text[]) p WHERE has_table_privilege(%s, %s::oid, p)",
            [list(PRIVILEGES), role, oid],
        )
        assert {privilege for (privilege,) in held} == expected(role, schema, name, kind), (role, schema, name)
        checked += len(PRIVILEGES)
    print(f"P3: {checked} privileges compared")


def test_every_privilege_on_a_column_is_in_the_table_of_rights():
    held = rows(
        "SELECT r.rolname, c.relname, a.privilege_type, at.attname FROM pg_attribute at"
        " JOIN pg_class c ON c.oid = at.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " CROSS JOIN LATERAL aclexplode(at.attacl) a JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE n.nspname = ANY(%s)",
        [["region", SCHOOL_A.schema, SCHOOL_B.schema]],
    )
    assert set(held) == columns_in_the_table_of_rights()
    assert len(held) >= 4


def test_no_role_enters_another_worlds_schema():
    schemas = [SCHOOL_A.schema, SCHOOL_B.schema]
    roles = [*schemas, "region", "school", "nowhere", settings.DOOR_APP_LOGIN]
    allowed = {(schema, schema) for schema in schemas}
    entered = {
        (role, schema)
        for role, schema in itertools.product(roles, schemas)
        if rows("SELECT has_schema_privilege(%s, %s, 'USAGE')", [role, schema])[0][0]
    }
    assert entered == allowed
    creators = rows(
        "SELECT r, s FROM unnest(%s::text[]) r, unnest(%s::text[]) s WHERE has_schema_privilege(r, s, 'CREATE')",
        [[*roles, "rollup"], [*schemas, "region", "ext", "pg_catalog"]],
    )
    assert creators == []


def test_the_door_is_closed_for_everybody():
    """set_config, plpgsql, TEMP and untrusted functions: nobody but the migrator has them."""
    for role in (SCHOOL_A.schema, "region", "rollup", "nowhere", settings.DOOR_APP_LOGIN):
        held = rows(
            "SELECT has_function_privilege(%s, 'pg_catalog.set_config(text,text,boolean)', 'EXECUTE'),"
            " has_language_privilege(%s, 'plpgsql', 'USAGE'),"
            " has_database_privilege(%s, current_database(), 'TEMPORARY'),"
            " has_database_privilege(%s, current_database(), 'CREATE')",
            [role] * 4,
        )
        assert held == [(False, False, False, False)], role
    attributes = rows(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND"
        " (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)",
        [[SCHOOL_A.schema, SCHOOL_B.schema, "region", "rollup", "school", "nowhere", settings.DOOR_APP_LOGIN]],
    )
    assert attributes == []
    assert rows("SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'ext'") == []
    assert rows("SELECT 1 FROM pg_namespace WHERE nspname = 'public'") == []


def test_nobody_becomes_the_group():
    with school(SCHOOL_A.schema), pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute("SET ROLE school")


def test_the_region_reads_no_school_and_the_rollup_only_facts():
    for opener, table, is_allowed in (
        (region, "people_person", False),
        (rollup, "people_person", False),
        (region, "coverage_member", False),
        (rollup, "accounts_user", False),
        (rollup, "coverage_member", True),
    ):
        sql = f'SELECT count(*) FROM "{SCHOOL_A.schema}"."{table}"'
        with opener(), transaction.atomic(), connection.cursor() as cursor:
            if is_allowed:
                cursor.execute(sql)
                assert cursor.fetchone()[0] > 0
            else:
                with pytest.raises(DatabaseError, match="permission denied"):
                    cursor.execute(sql)
                connection.set_rollback(True)


def test_a_school_writes_its_own_shared_rows_only():
    from django.utils import timezone

    from core.events.models import Mark

    now = timezone.now()
    with school(SCHOOL_A.schema), shared():
        Mark.objects.create(school_schema=SCHOOL_A.schema, at=now)
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Mark.objects.create(school_schema=SCHOOL_B.schema, at=now)
        for act in (Mark.objects.count, Mark.objects.all().delete):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                act()


def test_the_audit_is_append_only_for_every_role():
    from core.audit.models import AuditRecord
    from core.audit.services import record

    for opener in (lambda: school(SCHOOL_A.schema), region):
        with opener():
            record(actor="test", action="test.act", object_id=world.PAIR)
            assert AuditRecord.objects.filter(action="test.act").count() == 1
            for act in (
                lambda: AuditRecord.objects.update(action="x"),
                lambda: AuditRecord.objects.filter(action="test.act").delete(),
                lambda: connection.cursor().execute("TRUNCATE audit_auditrecord"),
            ):
                with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                    act()
            assert AuditRecord.objects.filter(action="test.act").count() == 1
