"""P3: text injected into a statement of ours stays inside the school, wherever it lands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import cycle, product
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from psycopg import sql

from core.api.operations import PageQuery
from core.authz.registry import World
from core.tenancy import school
from schools.people.models import Person
from tests.permissions.walk import canaries, endpoints, own_values
from tests.support import seeds
from tests.support.accounts import sign_in
from tests.support.opened import text_of_response
from tests.support.parts import has_its_turn
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


class _Parameters(HTMLParser):
    """Collects what a page lets one put into a query: (path, name) of every field of its GET forms and of its links."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.found: set[tuple[str, str]] = set()
        self.is_searched_by_post = False
        self._target: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_get = given.get("method", "get").lower() == "get"
            self._target = (urlsplit(given.get("action", "")).path or self.path) if is_get else None
        elif tag in ("input", "select", "textarea", "button") and given.get("name"):
            if self._target is not None:
                self.found.add((self._target, given["name"]))
            self.is_searched_by_post |= given["name"] == "search"
        elif tag == "a" and "?" in given.get("href", ""):
            link = urlsplit(given["href"])
            self.found |= {(link.path or self.path, name) for name, _ in parse_qsl(link.query, keep_blank_values=True)}


# Asked of every page, whether it offers them or not.
COMMON = {"q", "search", "sort", "order", "page", "kind", "state", "date", "definition", "next"}


ROLES = [(World.SCHOOL, "director"), (World.REGION, "region_admin")]


@dataclass(frozen=True)
class Position:
    """Where text can be put: a parameter of a page, the text of its search by POST, or names that it never offers."""

    path: str
    name: str
    is_posted: bool = False


NOT_OFFERED = "not offered"


def positions(client: Client, where: World, parts: int) -> list[Position]:
    """Ask for every page of one of so many parts and return the positions it has, and what its API declares to read."""
    found: set[Position] = set()
    for endpoint in endpoints(where):
        if endpoint.name.startswith("ui:"):  # the kit's own pages show no data and have a hundred sample fields
            continue
        if not has_its_turn(endpoint.name, parts):
            continue
        path = endpoint.path(own_values(endpoint))
        if (declared := endpoint.operations.get("GET")) is not None:
            found |= {Position(path, name) for name in declared.query().fields} if declared.query is not None else set()
            found |= {Position(path, name) for name in PageQuery().fields} if declared.pages else set()
        page = client.get(path)
        if page.status_code != 200 or page.streaming:
            continue
        parser = _Parameters(path)
        # A workbook or a PDF offers no parameters, and its bytes may look like broken markup.
        if "html" in page.get("Content-Type", ""):
            parser.feed(page.content.decode("utf-8", "replace"))
        found |= {Position(target, name) for target, name in parser.found}
        # Whatever a page offers, its view may read what it does not.
        here = {name for target, name in parser.found if target == path}
        found.add(Position(path, f"{NOT_OFFERED}&{'&'.join(sorted(COMMON - here))}"))
        if parser.is_searched_by_post:
            found.add(Position(path, "q", is_posted=True))
    return sorted(found, key=lambda place: (place.name, place.path, place.is_posted))


def apart(places: list[Position]) -> list[Position]:
    """Return the names that pages do not offer as positions of their own."""
    return [Position(place.path, name) for place in places for name in _names(place) if _is_not_offered(place)]


def _is_not_offered(place: Position) -> bool:
    return place.name.startswith(NOT_OFFERED)


def _names(place: Position) -> list[str]:
    return place.name.split("&")[1:] if _is_not_offered(place) else [place.name]


def shared_out(places: list[Position]) -> Iterator[tuple[Position, str]]:
    """Share the payloads out: something through each position, neighbours get different classes."""
    return zip(places, cycle(PAYLOADS.values()))


@pytest.mark.parametrize(("where", "role"), ROLES)
def test_through_every_parameter_of_a_part_of_the_pages(where: World, role: str, client_at: Callable[[str], Client]):
    """Something through every search, sort and filter parameter of a sixth of the pages; the classes take turns.

    Another one has its turn with another commit.
    """
    _through(where, role, client_at, shared_out, parts=6)


@pytest.mark.nightly
@pytest.mark.parametrize(("where", "role"), ROLES)
def test_every_class_through_every_parameter_of_every_page(where: World, role: str, client_at: Callable[[str], Client]):
    """The whole product: every parameter of every page with every class of payload.

    What a page does not offer is asked all together with every class, and one by one with classes in turn: one
    parameter that is refused must not hide the next.
    """
    _through(where, role, client_at, lambda places: [*product(places, PAYLOADS.values()), *shared_out(apart(places))])


def _through(
    where: World,
    role: str,
    client_at: Callable[[str], Client],
    share: Callable[[list[Position]], Iterable[tuple[Position, str]]],
    parts: int = 1,
) -> None:
    seeds.seed_all()
    client = sign_in(client_at, SCHOOL_A if where is World.SCHOOL else "region", role)
    client.raise_request_exception = False
    places = positions(client, where, parts)
    asked = Counter[Position]()
    for place, payload in share(places):
        _ask(client, place, payload, where)
        asked[place] += 1
    assert set(places) <= set(asked)
    declared = {place for place in places if place.path.startswith("/api/")}
    assert len(declared) >= (30 if where is World.SCHOOL else 5) // (parts * 2 if parts > 1 else 1)
    assert len({place.path for place in places}) >= 30 // (2 * parts if parts > 1 else 1)
    print(f"P3 {where}: {sum(asked.values())} requests, {len(places)} positions, {len(PAYLOADS)} classes, 0 escapes")


def _ask(client: Client, place: Position, payload: str, where: World) -> None:
    if not place.is_posted:
        _harmless(client, f"{place.path}?{urlencode(dict.fromkeys(_names(place), payload))}", where)
        return
    found = client.post(place.path, {"search": "1", place.name: payload})
    assert found.status_code in (200, 302), place.path
    if found.status_code == 302:
        _harmless(client, found["Location"], where)
    else:
        _shows_nothing_foreign(found, place.path, where)


def _harmless(client: Client, address: str, where: World) -> None:
    _shows_nothing_foreign(client.get(address), address, where)


def _shows_nothing_foreign(response: Any, address: str, where: World) -> None:
    assert response.status_code < 500, address
    text = text_of_response(response).lower()
    for canary in canaries(where):
        assert canary.lower() not in text, address
