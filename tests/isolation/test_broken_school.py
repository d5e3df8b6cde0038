"""P4: a school that lost a table answers with an error page, never with a shared row, and signs nobody in.

By day three tables are lost, one after another, and a fifth of the pages is asked without each of them: another
fifth without another table, and others with another commit. At night every table is lost and every page is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg import sql

from core.authz.registry import World
from core.tenancy import region, school
from tests.permissions.walk import endpoints, own_values
from tests.support import seeds
from tests.support.accounts import PASSWORD, make_user, sign_in
from tests.support.database import superuser_url
from tests.support.opened import text_of_response
from tests.support.parts import has_its_turn
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db(transaction=True)
IN_CI = ("accounts_user", "people_person", "django_session")
REGION_CANARY = "КАНАРЕЙКАРЕГИОНА"
LOGIN = "both-worlds"


@contextmanager
def without(table: str) -> Iterator[None]:
    """Take a table of school B away, as an operator's mistake would, and put it back."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(superuser_url(name), autocommit=True) as owner:
        here, gone = sql.Identifier(SCHOOL_B.schema, table), sql.Identifier(SCHOOL_B.schema, f"{table}_gone"[:63])
        rename = sql.SQL("ALTER TABLE {} RENAME TO {}")
        owner.execute(rename.format(here, sql.Identifier(f"{table}_gone"[:63])))
        try:
            yield
        finally:
            owner.execute(rename.format(gone, sql.Identifier(table)))


def tables() -> list[str]:
    with school(SCHOOL_B.schema), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND relkind = 'r' AND relname <> 'django_migrations' ORDER BY 1",
            [SCHOOL_B.schema],
        )
        return [name for (name,) in cursor.fetchall()]


def prepare(client_at: Callable[[str], Client]) -> Client:
    """Put the same login into every world, a canary into the region, and sign a director of B in."""
    seeds.seed_all()
    with region():
        user = make_user("region_admin", login=LOGIN, with_totp=False)
        user.name = REGION_CANARY
        user.save()
    client = sign_in(client_at, SCHOOL_B, "director")
    client.raise_request_exception = False
    return client


def walk(client: Client, table: str, parts: int) -> int:
    """Ask every page of one of so many parts; return how many answers were looked at."""
    asked = 0
    for endpoint in endpoints(World.SCHOOL):
        if parts > 1 and not has_its_turn(f"{endpoint.name} {table}", parts):
            continue
        text = text_of_response(client.get(endpoint.path(own_values(endpoint)))).lower()
        for canary in (REGION_CANARY, SCHOOL_A.canary, SCHOOL_A.surname):
            assert canary.lower() not in text, f"{endpoint.name} without {table}: {canary}"
        asked += 1
    return asked


def sign_in_is_refused(client_at: Callable[[str], Client]) -> None:
    """Try the region's login at the broken school."""
    visitor = client_at(SCHOOL_B.code)
    visitor.raise_request_exception = False
    visitor.post("/accounts/login/", {"login": LOGIN, "password": PASSWORD})
    response = visitor.get("/account/sessions/")
    assert response.status_code in (302, 500)
    assert REGION_CANARY not in text_of_response(response)


def check(client_at: Callable[[str], Client], names: list[str], *, parts: int = 1) -> None:
    client = prepare(client_at)
    asked = 0
    for table in names:
        with without(table):
            asked += walk(client, table, parts)
            if table == "accounts_user":
                sign_in_is_refused(client_at)
                assert client.get("/account/sessions/").status_code == 500
        # Whole again: the same pages answer.
        assert client.get("/account/sessions/").status_code == 200, table
    print(f"P4: {len(names)} tables dropped, {asked} pages asked, 0 shared rows")
    assert asked >= 20 * len(names)


def test_three_dropped_tables(client_at: Callable[[str], Client]):
    assert set(IN_CI) <= set(tables())
    check(client_at, list(IN_CI), parts=5)


@pytest.mark.nightly
def test_every_dropped_table(client_at: Callable[[str], Client]):
    names = tables()
    assert len(names) > 15
    check(client_at, names)
