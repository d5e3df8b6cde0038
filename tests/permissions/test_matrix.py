"""P1 and P5: every URL × method × role, with ids of our own and of the other school, in path, query, body and file.

A denied case has its allowed twin: whoever a policy admits gets an answer about what is his own (``test_twins.py`` asks
all of them at night). Nothing of the other school shows in a body, a file, a header or a letter, and nothing of it
changes. What the region asks the database names no school.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from core.authz.registry import World
from core.authz.views import PolicyKind
from core.tenancy import school
from tests.permissions.asking import (
    NOT_SERVED,
    Asker,
    asker_for,
    assert_twin,
    carries,
    every_role,
    everywhere,
    methods_of,
    of_forms,
    roles_of,
    snapshot,
    writes_to,
)
from tests.permissions.twins import OWN_OF, seed_twins
from tests.permissions.walk import (
    METHODS,
    UNSAFE,
    Endpoint,
    endpoints,
    filled_with,
    foreign_values,
    forms_in,
    json_with,
    own_values,
)
from tests.support import seeds
from tests.support.accounts import token_for
from tests.support.parts import has_its_turn, turn_within
from tests.support.wire import Statements, listened
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
# Open to everybody; a longer list is a decision, taken here.
PUBLIC = seeds.PUBLIC
# Who may do most asks for every foreign thing; the others ask with every second commit, and take turns until the night.
THOROUGH = ("director", "region_admin")
# Roles take turns by 2, their URLs by 3 or 4: within its own, each URL and role goes on when all of these have had one.
PARTS = 12


@pytest.mark.parametrize("where", list(World))
def test_every_endpoint_declares_a_policy(where: World):
    found = endpoints(where)
    assert len(found) >= 10
    assert [endpoint.name for endpoint in found if endpoint.policy is None] == []
    public = {endpoint.name for endpoint in found if endpoint.policy.kind is PolicyKind.PUBLIC}
    assert public == PUBLIC[where], "the list of public endpoints changed"


@pytest.mark.parametrize("where", list(World))
def test_every_argument_is_seeded(where: World):
    for endpoint in endpoints(where):
        foreign_values(endpoint)
        for role in ("", *OWN_OF):
            own_values(endpoint, role)


@pytest.mark.parametrize(("where", "role"), every_role(), ids=lambda value: str(value))
def test_matrix(client_at: Callable[[str], Client], where: World, role: str):
    """Each URL × role; who may do most also reads every foreign id; methods and foreign ids to write to take turns.

    A commit asks a quarter of the URLs as those who may do most, and a third as half of the others, and each of them by
    another method each time: a commit in 42 asks a given URL and method as somebody who is refused, one in 24 a given
    act (reading, writing, writing to what is foreign) as somebody who may. After 260 commits any of these was asked
    with a probability of 99.8 %, after 740 also each method that no form uses, as somebody who may (one in 120). All of
    them are asked every night.
    """
    if role in THOROUGH or has_its_turn(f"{where} {role}", 2):
        _matrix(client_at, where, role, bodies=1)


@pytest.mark.parametrize("where", list(World))
def test_turns_meet_every_triple(where: World):
    """Whatever number the commits have come to, as many more as there are methods meet each of them everywhere."""
    for turn in range(2 * len(METHODS)):
        met = [method for today in range(len(METHODS)) for method in _refused_methods(where, turn + today)]
        assert set(met) == set(METHODS)
    paths = {"own": "/1/", "foreign": ["/2/"]}
    asked = {
        case
        for turn in range(4 * len(METHODS))
        for case in _asked(where, **paths, may=True, turn=turn, is_thorough=False)
    }
    wanted = {(method, "/2/") for method in METHODS} | {("POST", "/1/")}
    assert asked == wanted


@pytest.mark.nightly
@pytest.mark.parametrize(("where", "role"), every_role(), ids=lambda value: str(value))
def test_full_matrix(client_at: Callable[[str], Client], where: World, role: str):
    """Each URL × method × role with every foreign id there is, whatever kind of thing it names."""
    _matrix(client_at, where, role, bodies=len(seeds.FOREIGN_IDS[where]), is_full=True)


def _refused_methods(where: World, turn: int) -> tuple[str, ...]:
    """Return the methods by which somebody without the permission asks: they take turns over URLs, roles and commits.

    As many as it takes for each to have its turn among the roles of a world.
    """
    return tuple(METHODS[(turn + start) % len(METHODS)] for start in range(0, len(METHODS), len(roles_of(where))))


def _matrix(client_at: Callable[[str], Client], where: World, role: str, *, bodies: int, is_full: bool = False) -> None:
    seeds.seed_all()
    seed_twins()
    asker = asker_for(client_at, where, role)
    before, written = snapshot(SCHOOL_B.schema), writes_to(SCHOOL_B.schema)
    first_turn = roles_of(where).index(role) + turn_within(PARTS)
    with ExitStack() as stack:
        heard = stack.enter_context(listened()) if where is World.REGION else None
        for turn, endpoint in enumerate(endpoints(where), start=first_turn):
            if not is_full and not has_its_turn(f"{endpoint.name} {role}", 4 if role in THOROUGH else 3):
                continue
            with transaction.atomic():
                _one(asker, endpoint, bodies, None if is_full else turn)
                assert writes_to(SCHOOL_B.schema) == written, f"{endpoint.name} wrote to the other school"
                transaction.set_rollback(True)
            asker.begin_again()
    assert snapshot(SCHOOL_B.schema) == before
    assert asker.cases > 30
    print(f"P1 {asker}")
    if heard is not None:
        _names_no_school(heard, asker)


def _names_no_school(heard: Statements, asker: Asker) -> None:
    """Assert that the region's own work is done in the region's role, and that no statement reaches into a school."""
    assert len(heard.sent) > 30
    assert heard.naming_a_school == []
    assert heard.roles <= {"region", "nowhere"}, heard.roles
    print(f"P5 {asker.role}: {len(heard.sent)} statements of {asker.cases} requests, 0 name a school")


def test_a_statement_in_a_school_would_be_heard():
    with listened() as heard, school(SCHOOL_A.schema), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_person")
    assert heard.roles == {SCHOOL_A.schema}
    assert len(heard.naming_a_school) == 1
    with listened() as heard, school(SCHOOL_A.schema), connection.cursor() as cursor:
        cursor.execute("SELECT %s", [SCHOOL_B.schema])
        cursor.execute(f'SELECT count(*) FROM "{SCHOOL_A.schema}".people_person')
    assert ["people_person" in statement for statement in heard.naming_a_school] == [True]


def _foreign_paths(endpoint: Endpoint, where: World, number: int) -> list[str]:
    """Return paths with foreign arguments: of the matching kind, and (nightly) with every other foreign id."""
    values = foreign_values(endpoint)
    others = [
        {name: foreign if isinstance(value, UUID) else value for name, value in values.items()}
        for foreign in seeds.FOREIGN_IDS[where][1:number]
    ]
    return list(dict.fromkeys(endpoint.path(each) for each in (values, *others)))


def _asked(
    where: World, own: str, foreign: list[str], *, may: bool, turn: int | None, is_thorough: bool
) -> list[tuple[str, str]]:
    """Return (method, path) to ask; without a ``turn`` all there are.

    Who may not is asked about the foreign id alone: the answer must not depend on it.
    """
    paths = list(dict.fromkeys((own, *foreign) if may else foreign))
    if turn is None:
        return [(method, path) for method in METHODS for path in paths]
    if not may:
        return [(method, path) for method in _refused_methods(where, turn) for path in paths]
    read = [("GET", path) for path in foreign if path != own]
    often = [*read, *(("POST", path) for path in paths)]
    step, rest = divmod(turn, len(often) + 1)
    rare = [method for method in METHODS if method not in ("GET", "POST")]
    mine = often[rest] if rest < len(often) else (rare[step % len(rare)], paths[-1])
    return list(dict.fromkeys([*read, mine])) if is_thorough else [mine]


def _is_thorough(endpoint: Endpoint, role: str) -> bool:
    """Tell whether a role asks for every foreign thing each time: by a page, as the API has the same services."""
    return role in THOROUGH and not endpoint.is_api


def _is_whole_region(endpoint: Endpoint, where: World, role: str) -> bool:
    return where is World.REGION and "slug" not in endpoint.arguments and everywhere(endpoint, where, role)


def _one(asker: Asker, endpoint: Endpoint, bodies: int, turn: int | None) -> None:
    where, role = asker.where, asker.role
    address, foreign = asker.own_path(endpoint), _foreign_paths(endpoint, where, bodies)
    own, may, is_thorough = address.partition("?")[0], carries(endpoint, where, role), _is_thorough(endpoint, role)
    first = _own(asker, endpoint, address, is_whole=turn is None or turn % 2 == 0) if may else None
    for method, path in _asked(where, own, foreign, may=may, turn=turn, is_thorough=is_thorough):
        if method in UNSAFE and may and endpoint.name in seeds.ENDS_THE_SESSION:
            continue
        response = asker.send(method, path)
        if not carries(endpoint, where, role, method):
            _is_refused(asker, endpoint, response, f"{method} {path}")
        # Who carries a permission over the whole region has no other districts.
        elif path != own and method in ("GET", "HEAD") and not _is_whole_region(endpoint, where, role):
            asker.foreign += 1
            assert response.status_code in (404, 405, 403, 302), f"{method} {path}: {response.status_code}"
    if first is None:
        return
    if endpoint.is_api:
        _json_bodies(asker, endpoint, (own, foreign[0]), bodies, turn)
    has_its_turn = turn is None or is_thorough or turn % 2 == 0
    if has_its_turn and first.status_code == 200 and "html" in first.get("Content-Type", ""):
        _bodies(asker, own, first, bodies)


def _own(asker: Asker, endpoint: Endpoint, own: str, *, is_whole: bool) -> Any:
    """Ask for what is one's own, by GET or else (``is_whole``) by what is served instead; return the answer to GET."""
    first, is_served = asker.send("GET", own), False
    for method in methods_of(endpoint):
        if not carries(endpoint, asker.where, asker.role, method) or is_served:
            continue
        if method == "GET":
            is_served = assert_twin(asker, endpoint, method, first)
        elif is_whole and first.status_code == NOT_SERVED and endpoint.name not in seeds.ENDS_THE_SESSION:
            with transaction.atomic():
                body = {"json": {}} if endpoint.is_api and not endpoint.operations[method].files else {}
                is_served = assert_twin(asker, endpoint, method, asker.send(method, own, **body))
                transaction.set_rollback(True)
            asker.begin_again()
    return first


def _is_refused(asker: Asker, endpoint: Endpoint, response: Any, asked: str) -> None:
    asker.refused += 1
    signs_in = 401 if endpoint.is_api else 302
    expected = signs_in if asker.role == "visitor" else 403
    assert response.status_code == expected, f"{asked}: {response.status_code}"
    if asker.role == "visitor" and not endpoint.is_api:
        assert "/accounts/login/" in response["Location"]


def _json_bodies(asker: Asker, endpoint: Endpoint, paths: tuple[str, str], number: int, turn: int | None) -> None:
    """Send what the endpoint reads with foreign ids in it, in body, query and beside a file; roles take turns."""
    if turn is not None and not _is_thorough(endpoint, asker.role) and turn % 2:
        return
    own, foreign_path = paths
    for method, declared in endpoint.operations.items():
        if not carries(endpoint, asker.where, asker.role, method):
            continue
        for foreign in seeds.FOREIGN_IDS[asker.where][:number]:
            if declared.body is not None and not declared.files:
                asker.foreign += 1
                asker.send(method, own, json=json_with(declared.body, foreign))
            if declared.query is not None:
                query = json_with(declared.query, foreign)
                asker.send(method, f"{own}?{urlencode(query)}")
        if declared.files:
            assert method == "POST", "a file comes by POST"
            asker.send(method, own, data=of_forms(json_with(declared.body, foreign)))
            if foreign_path != own:
                asker.foreign += 1
                response = asker.send(method, foreign_path, data=of_forms(json_with(declared.body, foreign)))
                assert response.status_code in (403, 404), f"a file to {foreign_path}: {response.status_code}"


@pytest.mark.parametrize("where", list(World))
def test_a_token_of_another_host_opens_nothing(client_at: Callable[[str], Client], where: World):
    """Each endpoint × method of the API with a token of another host: as unknown as one nobody issued.

    The same token at its own host is known; there it is refused nothing but for its roles.
    """
    seeds.seed_all()
    home = SCHOOL_B.code if where is World.SCHOOL else SCHOOL_A.code
    role = "director" if where is World.SCHOOL else "coordinator"
    secret = token_for(home, role)
    headers = {"Authorization": f"Bearer {secret}"}
    host = SCHOOL_A.code if where is World.SCHOOL else "region"
    asked = 0
    for endpoint in endpoints(where):
        for method in endpoint.operations:
            response = client_at(host).generic(method, endpoint.path(own_values(endpoint)), headers=headers)
            assert response.status_code == 401, f"{method} {endpoint.route}: {response.status_code}"
            asked += 1
    assert asked >= 15
    assert client_at(home).get("/api/v1/me/", headers=headers).status_code == 200
    print(f"P10 {where}: {asked} operations, 0 opened by a token of another host")


def _bodies(asker: Asker, path: str, page: Any, number: int) -> None:
    """Send every form of the page with foreign ids in its fields, in the body or in the query.

    Forms that stand on many pages (the appearance panel, a search) are sent once for a role.
    """
    for form in forms_in(page.content.decode()):
        target = form.action or path
        if not target.startswith("/") or any(word in target for word in seeds.LEAVING):
            continue
        known = (form.method, target.split("?")[0], *sorted(form.fields))
        if known in asker.sent:
            continue
        asker.sent.add(known)
        for foreign in seeds.FOREIGN_IDS[asker.where][:number]:
            body = filled_with(form, foreign)
            if form.method == "post":
                asker.send("POST", target, data=body)
            else:
                query = "&".join(f"{name}={value}" for name, values in body.items() for value in values)
                asker.send("GET", f"{target.split('?')[0]}?{query}")


def test_the_other_schools_rows_could_leak():
    """There is something to leak: the other school holds rows under ids that ours does not have."""
    seeds.seed_all()
    before = writes_to(SCHOOL_B.schema)
    with school(SCHOOL_B.schema), connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET phone = '1'")
    assert writes_to(SCHOOL_B.schema) > before, "the counter that the matrix watches does not see a write"
    with school(SCHOOL_B.schema), connection.cursor() as cursor:
        for table, key in seeds.ONLY_IN_B.items():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE id = %s', [key])
            assert cursor.fetchone()[0] == 1, table
    with school(SCHOOL_A.schema), connection.cursor() as cursor:
        for table, key in seeds.ONLY_IN_B.items():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE id = %s', [key])
            assert cursor.fetchone()[0] == 0, table
