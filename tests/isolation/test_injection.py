"""P3: text injected into a statement of ours stays inside the school, wherever it lands."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from core.tenancy import school
from schools.people.models import Person
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
B = SCHOOL_B.schema

# name of the class → text that would leave the school if it were run as SQL
PAYLOADS = {
    "stacked set role": f'\'; SET ROLE "{B}"; --',
    "stacked search path": f'x\'; SET search_path = "{B}"; --',
    "union": f'\' UNION SELECT surname FROM "{B}".people_person --',
    "set_config": f"'||set_config('role','{B}',false)||'",
    "anonymous block": f"'; DO $$ BEGIN EXECUTE 'SET ROLE \"{B}\"'; END $$; --",
    "comment": "'/**/OR/**/1=1--",
    "dollar quotes": f'$$; SET ROLE "{B}"; $$',
    "identifier": f'x" FROM "{B}".people_person; --',
    "subquery": f'(SELECT surname FROM "{B}".people_person LIMIT 1)',
    "query_to_xml": f"'||query_to_xml('SELECT * FROM \"{B}\".people_person',true,false,'')||'",
    "temporary table": "'; CREATE TEMP TABLE t AS SELECT 1; --",
    "copy to program": "'; COPY (SELECT 1) TO PROGRAM 'id'; --",
    "file": "'||pg_read_file('/etc/passwd')||'",
    "escape string": "\\'; RESET ROLE; --",
    "nul and unicode": "\u02bc OR 1=1 --",
    "like wildcards": "%_%",
    "discard": "'; DISCARD ALL; --",
}


def stays() -> None:
    """Assert that the session is still the school's and that its rows are its own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('search_path')")
        assert cursor.fetchone() == (SCHOOL_A.schema, f"{SCHOOL_A.schema}, ext")
    assert {person.patronymic for person in Person.objects.all()} == {SCHOOL_A.canary}


def test_there_are_enough_classes():
    assert len(PAYLOADS) >= 12


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_in_the_position_of_a_value(payload: str):
    with school(SCHOOL_A.schema):
        found = list(Person.objects.filter(surname__icontains=payload).values_list("patronymic", flat=True))
        assert SCHOOL_B.canary not in found
        Person.objects.filter(surname=payload).update(phone="x")
        stays()


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_in_the_position_of_a_field_or_an_order(payload: str):
    with school(SCHOOL_A.schema):
        for act in (
            lambda: list(Person.objects.order_by(payload)),
            lambda: list(Person.objects.values(payload)),
            lambda: list(Person.objects.filter(**{payload: 1})),
        ):
            with pytest.raises((FieldError, ValueError, DatabaseError, TypeError)), transaction.atomic():
                act()
        stays()


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_glued_into_a_statement(payload: str):
    """The worst case: a careless statement glues the text in, quoted by hand, bare, as a name, and as an order."""
    with school(SCHOOL_A.schema):
        glued = (
            f"SELECT patronymic FROM people_person WHERE surname = '{payload}'",
            f"SELECT patronymic FROM people_person WHERE surname = {payload}",
            f'SELECT "{payload}" FROM people_person',
            f"SELECT patronymic FROM people_person ORDER BY {payload}",
            f"SELECT patronymic FROM people_person ORDER BY 1 {payload}",
        )
        for statement in glued:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement.replace("%", "%%"), [])
                    seen = repr(cursor.fetchall()) if cursor.description else ""
            except (DatabaseError, ValueError):
                continue
            assert SCHOOL_B.canary not in seen, statement
            assert SCHOOL_B.surname not in seen, statement
        stays()


WHOLE_STATEMENTS = {
    "the other school's table": f'SELECT * FROM "{B}".people_person',
    "two statements": f'SELECT 1; SET ROLE "{B}"',
    "anonymous block": f"DO $$ BEGIN EXECUTE 'SET ROLE \"{B}\"'; END $$",
    "set_config": f"SELECT set_config('role', '{B}', false)",
    "set_config in xml": f"SELECT query_to_xml('SELECT set_config(''role'', ''{B}'', false)', true, false, '')",
    "other table in xml": f"SELECT query_to_xml('SELECT * FROM \"{B}\".people_person', true, false, '')",
    "settings table": f"UPDATE pg_settings SET setting = '{B}' WHERE name = 'role'",
    "temporary table": "CREATE TEMP TABLE t (x int)",
    "table": "CREATE TABLE t (x int)",
    "function": "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "truncate": "TRUNCATE people_person",
    "drop": "DROP TABLE people_person",
    "program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "file": "SELECT pg_read_file('/etc/passwd')",
    "large object": "SELECT lo_import('/etc/passwd')",
    "session": "SET SESSION AUTHORIZATION migrator",
    "become the migrator": "SET ROLE migrator",
    "superuser": "SET ROLE postgres",
    "text search": f"SELECT ts_rewrite('a'::tsquery, 'SET ROLE \"{B}\"')",
}


@pytest.mark.parametrize("statement", WHOLE_STATEMENTS.values(), ids=WHOLE_STATEMENTS)
def test_a_whole_statement_is_refused(statement: str):
    with school(SCHOOL_A.schema):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement))
        stays()
