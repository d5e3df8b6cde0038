"""P10: what one host gave means nothing at another: sessions, signed links, invitations, tokens; hosts are pinned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.signing import BadSignature
from django.db import connection
from django.test import Client

from core.accounts.codes import hash_code, new_code
from core.accounts.middleware import WORLD_KEY
from core.accounts.models import User
from core.tenancy import current, region, school
from core.tenancy.signing import DoorTokenGenerator, signer
from tests.support import world
from tests.support.accounts import make_user, session_for, world_at
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
HOSTS = (SCHOOL_A.code, SCHOOL_B.code, "region")
SAME = "11111111-0000-4000-8000-000000000001"
PRIVATE = "/account/sessions/"


@pytest.fixture
def twins() -> dict[str, tuple[Any, str]]:
    """Return (user, session key) per host: the same key, login, password hash and second factor everywhere."""
    found: dict[str, tuple[Any, str]] = {}
    password = ""
    for host in HOSTS:
        with world_at(host):
            user = make_user("region_admin" if host == "region" else "director", login="twin", id=SAME)
            password = password or user.password
            User.objects.filter(pk=SAME).update(password=password, name=f"Близнец {host}")
            user.refresh_from_db()
            found[host] = (user, session_for(user))
    return found


def test_a_session_is_replayed_nowhere(twins: dict[str, tuple[Any, str]], client_at: Callable[[str], Client]):
    opened = {(home, host) for home in HOSTS for host in HOSTS if _opens(client_at(host), twins[home][1])}
    assert opened == {(host, host) for host in HOSTS}
    print(f"P10: {len(HOSTS) * (len(HOSTS) - 1)} replays refused")


def _opens(client: Client, key: str) -> bool:
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    response = client.get(PRIVATE)
    assert response.status_code in (200, 302)
    return response.status_code == 200


def test_a_session_row_copied_into_another_school_is_emptied(
    twins: dict[str, tuple[Any, str]], client_at: Callable[[str], Client]
):
    """The second lock: even a row of the session table that got into another schema opens nothing there."""
    from django.contrib.sessions.models import Session

    key = twins[SCHOOL_A.code][1]
    with school(SCHOOL_A.schema):
        data, expires = Session.objects.values_list("session_data", "expire_date").get(pk=key)
    with school(SCHOOL_B.schema):
        Session.objects.create(session_key=key, session_data=data, expire_date=expires)
    assert _opens(client_at(SCHOOL_A.code), key)
    assert not _opens(client_at(SCHOOL_B.code), key)


def test_a_session_that_names_another_world_is_emptied(
    twins: dict[str, tuple[Any, str]], client_at: Callable[[str], Client]
):
    """The lock alone: a session that is right in everything but the world it was made in."""
    key = twins[SCHOOL_B.code][1]
    assert _opens(client_at(SCHOOL_B.code), key)
    with school(SCHOOL_B.schema):
        session = SessionStore(key)
        session[WORLD_KEY] = SCHOOL_A.schema
        session.save()
    assert not _opens(client_at(SCHOOL_B.code), key)


def test_signatures_and_tokens_belong_to_one_world(twins: dict[str, tuple[Any, str]]):
    generator = DoorTokenGenerator()
    tokens, signed, hashes = {}, {}, {}
    code = new_code()
    for host in HOSTS:
        with world_at(host):
            tokens[host] = generator.make_token(twins[host][0])
            signed[host] = signer("link").sign("7")
            hashes[host] = hash_code(code)
    assert len(set(hashes.values())) == len(HOSTS)
    accepted = set()
    for host in HOSTS:
        with world_at(host):
            for home in HOSTS:
                if generator.check_token(twins[host][0], tokens[home]):
                    accepted.add((home, host, "token"))
                try:
                    signer("link").unsign(signed[home])
                    accepted.add((home, host, "link"))
                except BadSignature:
                    pass
    assert accepted == {(host, host, kind) for host in HOSTS for kind in ("token", "link")}


def test_an_invitation_opens_one_host_only(client_at: Callable[[str], Client]):
    from core.accounts.services.invitations import invite
    from core.authz import system_actor

    with school(SCHOOL_A.schema):
        issued = invite(actor=system_actor("test"), name="Новый", roles=[("director", "")])
    for host in (SCHOOL_B.code, "region"):
        response = client_at(host).post("/invite/", {"code": issued.code})
        assert response.status_code == 200, host
    assert client_at(SCHOOL_A.code).post("/invite/", {"code": issued.code}).status_code == 302


def test_cookies_stay_on_their_host(twins: dict[str, tuple[Any, str]], client_at: Callable[[str], Client]):
    response = client_at(SCHOOL_A.code).get("/accounts/login/")
    assert response.cookies
    for cookie in response.cookies.values():
        assert cookie["domain"] == ""


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "nobody.localhost",
        "sch-a.sch-b.localhost",
        "evil.example",
        "127.0.0.1",
        "sch-a.localhost.evil.example",
        "s_aaaaaaaaaaaa.localhost",
        "SCH-A",
        "regi0n.localhost",
        "-a.localhost",
    ],
)
def test_an_unknown_host_is_a_plain_404_that_names_nothing(host: str):
    response = Client(SERVER_NAME=host).get("/")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")
    text = response.content.decode()
    for word in ("школ", "регион", SCHOOL_A.title, "Django", host):
        assert word.lower() not in text.lower()
    assert current() is None


def test_a_host_leads_to_its_own_school_whatever_was_asked_before(client_at: Callable[[str], Client]):
    """Alternate the hosts on one connection: each page shows its own school."""
    for _ in range(3):
        for own, other in ((SCHOOL_A, SCHOOL_B), (SCHOOL_B, SCHOOL_A)):
            text = client_at(own.code).get("/accounts/login/").content.decode()
            assert own.title in text
            assert other.title not in text
        assert SCHOOL_A.title not in client_at("region").get("/accounts/login/").content.decode()
    with region(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        assert cursor.fetchone() == ("region",)


@pytest.mark.parametrize("state", ["creating", "suspended", "closed"])
def test_only_a_ready_school_is_routable(state: str, client_at: Callable[[str], Client]):
    from tenants.registry.models import School
    from tenants.registry.routing import forget_routes

    assert client_at(SCHOOL_B.code).get("/accounts/login/").status_code == 200
    with region():
        School.objects.filter(pk=world.SCHOOL_B.id).update(state=state)
    forget_routes()
    assert client_at(SCHOOL_B.code).get("/accounts/login/").status_code == 404
    assert client_at(SCHOOL_A.code).get("/accounts/login/").status_code == 200
