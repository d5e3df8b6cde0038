"""Makes schools by the script and by Django's own migration and compares; run as a program by the tests.

``python -m tests.tenants.provisioning.scripted`` with DOOR_LOGIN=migrator. Prints one JSON object. Everything that it
makes is rolled back or dropped.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

# Each is a difference that a fingerprint has to see; %s is the schema.
DIFFERENCES = {
    "a dropped index": "DROP INDEX %s.import_by_time",
    "another name of an index": "ALTER INDEX %s.import_by_time RENAME TO import_by_hour",
    "a dropped constraint": "ALTER TABLE %s.pairs_pair DROP CONSTRAINT pair_once",
    "a column more": "ALTER TABLE %s.people_person ADD COLUMN more text",
    "a longer text": "ALTER TABLE %s.pairs_group ALTER COLUMN title TYPE varchar(161)",
    "a default": "ALTER TABLE %s.pairs_group ALTER COLUMN title SET DEFAULT 'x'",
    "a column that may be empty": "ALTER TABLE %s.pairs_group ALTER COLUMN title DROP NOT NULL",
    "a right more": "GRANT DELETE ON %s.audit_auditrecord TO %s",
    "a right less": "REVOKE UPDATE ON %s.people_person FROM %s",
    "a right on one column": "GRANT SELECT (name) ON %s.people_person TO rollup",
    "a right for everybody": "GRANT SELECT ON %s.people_person TO PUBLIC",
    "a right on the schema": "GRANT USAGE ON SCHEMA %s TO region",
    "row security": "ALTER TABLE %s.people_person ENABLE ROW LEVEL SECURITY",
    "a policy": "CREATE POLICY p ON %s.people_person USING (true)",
    "another view": "CREATE OR REPLACE VIEW %s.coverage_engagement AS SELECT person, role, form_code, ordered_on,"
    " from_date, to_date, NULL::date AS last_meeting FROM (SELECT NULL::uuid AS person, 'x'::text AS role,"
    " NULL::varchar(60) AS form_code, NULL::date AS ordered_on, NULL::date AS from_date, NULL::date AS to_date) s",
    "a trigger that sleeps": "ALTER TABLE %s.people_person DISABLE TRIGGER coverage_mark",
    "another function": "CREATE OR REPLACE FUNCTION %s.coverage_mark() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN RETURN NULL; END'",
    "a function open to the owner alone": "REVOKE ALL ON FUNCTION %s.coverage_mark() FROM PUBLIC",
    "a role that inherits otherwise": "REVOKE INHERIT OPTION FOR school FROM %s",
}


def _name() -> str:
    return f"s_{secrets.token_hex(6)}"


def _seen(schema: str) -> dict[str, bool]:
    """Tell for each difference whether the fingerprint sees it."""
    from django.db import connection, transaction

    from core.tenancy import region
    from tenants.provisioning.fingerprint import fingerprint

    seen = {}
    with region():
        before = fingerprint(schema)
        for told, statement in DIFFERENCES.items():
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement.replace("%s", schema))
                seen[told] = fingerprint(schema) != before
                transaction.set_rollback(True)
        assert fingerprint(schema) == before
    return seen


def _order_does_not_count(first: str, second: str) -> bool:
    """Make the same table twice, columns and indexes in two orders, and compare."""
    from django.db import connection, transaction

    from core.tenancy import region
    from tenants.provisioning.fingerprint import fingerprint

    with region(), transaction.atomic():
        with connection.cursor() as cursor:
            for name, columns, indexes in ((first, "a int, b text", "ab"), (second, "b text, a int", "ba")):
                cursor.execute(f"CREATE TABLE {name}.t ({columns})")
                for column in indexes:
                    cursor.execute(f"CREATE INDEX on_{column} ON {name}.t ({column})")
        equal = fingerprint(first) == fingerprint(second)
        transaction.set_rollback(True)
    return equal


def _refusal(act: Callable[[], object]) -> str:
    from django.db import transaction

    from tenants.provisioning.errors import ScriptRefusedError

    try:
        with transaction.atomic():
            act()
    except ScriptRefusedError as error:
        return str(error)
    return ""


def _invents(rows: int) -> str:
    """Capture a RunPython that writes some rows, as a migration would."""
    from django.db import connection, migrations
    from django.db.migrations.state import ProjectState

    from core.tenancy import school
    from tenants.provisioning.errors import ScriptRefusedError
    from tenants.provisioning.script import Capture, _make_place, capturing

    def write(apps, editor):
        editor.execute("CREATE TABLE t (a uuid)")
        for _ in range(rows):
            editor.execute("INSERT INTO t VALUES (gen_random_uuid())")
        editor.execute("UPDATE t SET a = NULL WHERE false")

    def act():
        name = _name()
        _make_place(name)
        with school(name), capturing(Capture()), connection.schema_editor() as editor:
            state = ProjectState()
            migrations.RunPython(write).database_forwards("people", editor, state, state)
        raise ScriptRefusedError("nothing was refused")

    return _refusal(act)


def main() -> None:
    """Compare and print."""
    import django

    django.setup()
    from core.tenancy import region
    from tenants.provisioning import script
    from tenants.provisioning.fingerprint import catalogue_facts
    from tenants.provisioning.models import SchemaScript
    from tenants.provisioning.schema import _make_by_migration, drop_schema, make_schema

    by_script, by_django = _name(), _name()
    made = script.ensure_script()
    try:
        make_schema(by_script)
        _make_by_migration(by_django, is_spare=False)
        with region():
            facts = [catalogue_facts(name) for name in (by_script, by_django)]
        print(
            json.dumps(
                {
                    "facts": len(facts[0]),
                    "differ": sorted(set(facts[0]) ^ set(facts[1])),
                    "seen": _seen(by_script),
                    "order": _order_does_not_count(by_script, by_django),
                    "foreign": _refusal(
                        lambda: script.apply_script(SchemaScript(migration_set="0" * 64, text=made.text), _name())
                    ),
                    "invents": [_invents(0), _invents(1)],
                }
            )
        )
    finally:
        drop_schema(by_script)
        drop_schema(by_django)


if __name__ == "__main__":
    main()
