"""P1 and P5: every URL × method × role, with ids of our own and of the other school, in path, query and body.

A denied case has its allowed twin: the roles that carry the permission get the page. Nothing of the other school shows
in a body or a header, and nothing of it changes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from core.authz.registry import Extent, World, roles
from core.authz.views import PolicyKind
from core.tenancy import current, region, school
from tests.permissions.walk import (
    METHODS,
    UNSAFE,
    Endpoint,
    canaries,
    endpoints,
    filled_with,
    foreign_values,
    forms_in,
    json_with,
    own_values,
)
from tests.support import seeds, world
from tests.support.accounts import sign_in, token_for
from tests.support.parts import has_its_turn
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
SCOPES = {"class": str(world.CLASS), "form": "teacher-pupil", "district": str(world.DISTRICT)}
# Open to everybody; a longer list is a decision, taken here.
PUBLIC = seeds.PUBLIC
# Who may do most asks for every foreign thing; the others ask with every second commit, and take turns until the night.
THOROUGH = ("director", "region_admin")
COUNTS = {"cases": 0, "refused": 0, "allowed": 0, "foreign": 0}


def every_role() -> list[tuple[World, str]]:
    """Return (world, slug) of every role plus a visitor and somebody without roles."""
    known = [(where, role.slug) for where in World for role in roles(where)]
    return [*known, *((where, extra) for where in World for extra in ("visitor", "nobody"))]


def snapshot(schema: str) -> str:
    """Return a hash of every row of a school."""
    with school(schema), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = %s AND relkind = 'r' AND relname <> 'django_migrations' ORDER BY 1",
            [schema],
        )
        tables = [name for (name,) in cursor.fetchall()]
        parts = " UNION ALL ".join(
            f"SELECT '{name}' AS t, count(*)::text || coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') AS h"
            f' FROM "{name}" x'
            for name in tables
        )
        cursor.execute(f"SELECT md5(string_agg(t || h, '|' ORDER BY t)) FROM ({parts}) q")
        return str(cursor.fetchone()[0])


def writes_to(schema: str) -> int:
    """Return how many rows of a school this transaction has inserted, changed or deleted, also what it took back."""
    with region(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int8"
            " FROM pg_catalog.pg_stat_xact_user_tables WHERE schemaname = %s",
            [schema],
        )
        return int(cursor.fetchone()[0])


def client_for(client_at: Callable[[str], Client], where: World, role: str) -> Client:
    """Return a client of our host for a role; scoped roles get the scope that holds the seeded objects."""
    place = SCHOOL_A if where is World.SCHOOL else "region"
    if role == "visitor":
        client = client_at(SCHOOL_A.code if where is World.SCHOOL else "region")
    elif role == "nobody":
        client = sign_in(client_at, place, None)
    else:
        kind = next(known.scope_kind for known in roles(where) if known.slug == role)
        person = world.MENTOR if role == "mentor" else world.MENTEE
        client = sign_in(client_at, place, role, SCOPES.get(kind, ""), person_id=person)
    client.raise_request_exception = False
    return client


def carries(endpoint: Endpoint, where: World, role: str, method: str = "") -> bool:
    """Tell whether a role may open an endpoint at all, from the declared policy and the table of roles."""
    policy = endpoint.policy_for(method) if method else endpoint.policy
    assert policy is not None
    if policy.kind is PolicyKind.PUBLIC:
        return True
    if policy.kind is PolicyKind.SIGNED_IN:
        return role != "visitor"
    held = next((known.capabilities for known in roles(where) if known.slug == role), {})
    return any(name in held for name in policy.permissions)


def _is_thorough(endpoint: Endpoint, role: str) -> bool:
    """Tell whether a role asks for every foreign thing each time: by a page, as the API has the same services."""
    return role in THOROUGH and not endpoint.is_api


def everywhere(endpoint: Endpoint, where: World, role: str) -> bool:
    """Tell whether a role carries an endpoint's permission over everything (its own ids must then answer)."""
    policy = endpoint.policy_for("GET")
    held = next((known.capabilities for known in roles(where) if known.slug == role), {})
    return policy is not None and any(held.get(name) is Extent.EVERYTHING for name in policy.permissions)


def _is_whole_region(endpoint: Endpoint, where: World, role: str) -> bool:
    return where is World.REGION and "slug" not in endpoint.arguments and everywhere(endpoint, where, role)


def send(client: Client, method: str, path: str, where: World, **kwargs: Any) -> Any:
    """Send one request and assert what holds for every answer."""
    if "json" in kwargs:
        kwargs = {"data": json.dumps(kwargs["json"]), "content_type": "application/json"}
        response = client.generic(method, path, **kwargs)
    else:
        response = client.generic(method, path, **kwargs) if "data" not in kwargs else client.post(path, **kwargs)
    COUNTS["cases"] += 1
    assert current() is None
    assert response.status_code < 500, f"{method} {path}: {response.status_code}"
    if response.streaming:
        body = b"".join(response.streaming_content).decode("utf-8", "replace")
    else:
        body = response.content.decode("utf-8", "replace")
    seen = body + repr(list(response.items())) + repr(client.cookies)
    for canary in canaries(where):
        assert canary.lower() not in seen.lower(), f"{method} {path}: {canary}"
    return response


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
        own_values(endpoint)
        foreign_values(endpoint)


@pytest.mark.parametrize(("where", "role"), every_role(), ids=lambda value: str(value))
def test_matrix(client_at: Callable[[str], Client], where: World, role: str):
    """Each URL × role; who may do most also reads every foreign id; methods and foreign ids to write to take turns.

    A commit asks a quarter of the URLs as those who may do most, and a third as half of the others. In time whoever is
    refused meets every pair of a URL, a method and a role; all triples are met at night.
    """
    if role in THOROUGH or has_its_turn(f"{where} {role}", 2):
        _matrix(client_at, where, role, bodies=1)


@pytest.mark.parametrize("where", list(World))
def test_turns_meet_every_pair(where: World):
    names = [endpoint.name for endpoint in endpoints(where)]
    roles_here = roles_of(where)
    met = {
        (number, role, method)
        for number in range(len(names))
        for index, role in enumerate(roles_here)
        for method in _refused_methods(where, number + index)
    }
    assert {(number, role) for number, role, _ in met} == {(n, r) for n in range(len(names)) for r in roles_here}
    assert {(number, method) for number, _, method in met} == {(n, m) for n in range(len(names)) for m in METHODS}
    assert {(role, method) for _, role, method in met} == {(r, m) for r in roles_here for m in METHODS}


@pytest.mark.nightly
@pytest.mark.parametrize(("where", "role"), every_role(), ids=lambda value: str(value))
def test_full_matrix(client_at: Callable[[str], Client], where: World, role: str):
    """Each URL × method × role with every foreign id there is, whatever kind of thing it names."""
    _matrix(client_at, where, role, bodies=len(seeds.FOREIGN_IDS[where]), is_full=True)


def roles_of(where: World) -> list[str]:
    """Return the slugs that :func:`every_role` has for a world."""
    return [role for place, role in every_role() if place is where]


def _refused_methods(where: World, turn: int) -> tuple[str, ...]:
    """Return the methods by which somebody without the permission asks: they take turns over URLs and roles.

    As many as it takes for each to have its turn among the roles of a world.
    """
    return tuple(METHODS[(turn + start) % len(METHODS)] for start in range(0, len(METHODS), len(roles_of(where))))


def _rare_method(turn: int) -> str:
    """Return one of the methods that no form and no link uses."""
    rare = [method for method in METHODS if method not in ("GET", "POST")]
    return rare[turn % len(rare)]


def _matrix(client_at: Callable[[str], Client], where: World, role: str, *, bodies: int, is_full: bool = False) -> None:
    seeds.seed_all()
    client = client_for(client_at, where, role)
    before, written = snapshot(SCHOOL_B.schema), writes_to(SCHOOL_B.schema)
    kept, sent = client.cookies.copy(), set[tuple[str, ...]]()
    first_turn = roles_of(where).index(role)
    for turn, endpoint in enumerate(endpoints(where), start=first_turn):
        if not is_full and not has_its_turn(f"{endpoint.name} {role}", 4 if role in THOROUGH else 3):
            continue
        with transaction.atomic():
            _one(client, endpoint, where, role, bodies, sent, None if is_full else turn)
            assert writes_to(SCHOOL_B.schema) == written, f"{endpoint.name} wrote to the other school"
            transaction.set_rollback(True)
        client.cookies = kept.copy()
    assert snapshot(SCHOOL_B.schema) == before
    assert COUNTS["cases"] > 30
    print(f"P1 {where}/{role}: {COUNTS}")


def _foreign_paths(endpoint: Endpoint, where: World, number: int) -> list[str]:
    """Return paths with foreign arguments: of the matching kind, and (nightly) with every other foreign id."""
    values = foreign_values(endpoint)
    others = [
        {name: foreign if isinstance(value, UUID) else value for name, value in values.items()}
        for foreign in seeds.FOREIGN_IDS[where][1:number]
    ]
    return list(dict.fromkeys(endpoint.path(each) for each in (values, *others)))


def _asked(
    where: World, role: str, own: str, foreign: list[str], *, may: bool, turn: int | None, is_thorough: bool
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
    every = [*read, *(("POST", path) for path in paths), (_rare_method(turn), paths[-1])]
    return [*read, every[turn % len(every)]] if is_thorough else every[turn % len(every) :][:1]


def _one(
    client: Client,
    endpoint: Endpoint,
    where: World,
    role: str,
    bodies: int,
    sent: set[tuple[str, ...]],
    turn: int | None,
) -> None:
    own, foreign = endpoint.path(own_values(endpoint)), _foreign_paths(endpoint, where, bodies)
    may = carries(endpoint, where, role)
    first = send(client, "GET", own, where) if may else None
    for method, path in _asked(where, role, own, foreign, may=may, turn=turn, is_thorough=_is_thorough(endpoint, role)):
        if method in UNSAFE and may and endpoint.name in seeds.ENDS_THE_SESSION:
            continue
        response = send(client, method, path, where)
        if not carries(endpoint, where, role, method):
            COUNTS["refused"] += 1
            signs_in = 401 if endpoint.is_api else 302
            expected = signs_in if role == "visitor" else 403
            assert response.status_code == expected, f"{method} {path}: {response.status_code}"
            if role == "visitor" and not endpoint.is_api:
                assert "/accounts/login/" in response["Location"]
        # Who carries a permission over the whole region has no other districts.
        elif path != own and method in ("GET", "HEAD") and not _is_whole_region(endpoint, where, role):
            COUNTS["foreign"] += 1
            assert response.status_code in (404, 405, 403, 302), f"{method} {path}: {response.status_code}"
    if first is None:
        return
    COUNTS["allowed"] += 1
    if endpoint.is_api:
        _json_bodies(client, endpoint, own, where, role, bodies, turn)
    if everywhere(endpoint, where, role):
        assert first.status_code in (200, 286, 302, 304, 405), f"allowed twin: GET {own}: {first.status_code}"
    has_its_turn = turn is None or _is_thorough(endpoint, role) or turn % 2 == 0
    if has_its_turn and first.status_code == 200 and "html" in first.get("Content-Type", ""):
        _bodies(client, own, first, where, bodies, sent)


def _json_bodies(
    client: Client, endpoint: Endpoint, path: str, where: World, role: str, number: int, turn: int | None
) -> None:
    """Send what the endpoint reads with foreign ids in it, in the body and in the query; roles take turns."""
    if turn is not None and not _is_thorough(endpoint, role) and turn % 2:
        return
    for method, declared in endpoint.operations.items():
        if not carries(endpoint, where, role, method):
            continue
        for foreign in seeds.FOREIGN_IDS[where][:number]:
            if declared.body is not None and not declared.files:
                COUNTS["foreign"] += 1
                send(client, method, path, where, json=json_with(declared.body, foreign))
            if declared.query is not None:
                query = json_with(declared.query, foreign)
                send(client, method, f"{path}?{urlencode(query)}", where)


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


def _bodies(client: Client, path: str, page: Any, where: World, number: int, sent: set[tuple[str, ...]]) -> None:
    """Send every form of the page with foreign ids in its fields, in the body or in the query.

    ``sent`` remembers forms that stand on many pages (the appearance panel, a search): once for a role is enough.
    """
    for form in forms_in(page.content.decode()):
        target = form.action or path
        if not target.startswith("/") or any(word in target for word in seeds.LEAVING):
            continue
        known = (form.method, target.split("?")[0], *sorted(form.fields))
        if known in sent:
            continue
        sent.add(known)
        for foreign in seeds.FOREIGN_IDS[where][:number]:
            body = filled_with(form, foreign)
            if form.method == "post":
                send(client, "POST", target, where, data=body)
            else:
                query = "&".join(f"{name}={value}" for name, values in body.items() for value in values)
                send(client, "GET", f"{target.split('?')[0]}?{query}", where)


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
