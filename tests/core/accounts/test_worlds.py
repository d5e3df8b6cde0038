"""A session belongs to the host it was made on: every kind of replay is refused, with the same keys everywhere."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from core.accounts.models import RoleGrant, User
from core.tenancy import region, school
from tests.support.accounts import PASSWORD, make_user, session_for, totp_code, world_at
from tests.support.world import SCHOOL_A, SCHOOL_B

SAME = UUID("99999999-0000-4000-8000-000000000001")
HOSTS = ("sch-a", "sch-b", "region")


@pytest.fixture
def same_user_everywhere(db):
    """Store one user with one key, login, password hash and epoch in all three worlds, staff in each."""
    password = ""
    for label in HOSTS:
        with world_at(label):
            role = "region_admin" if label == "region" else "director"
            user = make_user(role, login="same", id=SAME)
            password = password or user.password
            User.objects.filter(pk=SAME).update(password=password)
    return SAME


def _session_of(label):
    with world_at(label):
        return session_for(User.objects.get(pk=SAME))


@pytest.mark.parametrize("home", HOSTS)
def test_a_cookie_replayed_at_any_other_host_is_nobodys(client_at, same_user_everywhere, home):
    key = _session_of(home)
    for label in HOSTS:
        client = client_at(label)
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        answer = client.get("/staff/")
        if label == home:
            assert answer.status_code == 200
        else:
            assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("home", HOSTS)
def test_a_session_row_copied_into_another_world_is_nobodys(client_at, same_user_everywhere, home):
    """The tables alone would let it in: same session key, user key and password. The stamp and the hash do not."""
    key = _session_of(home)
    with world_at(home):
        row = Session.objects.filter(session_key=key).values().get()
    for label in set(HOSTS) - {home}:
        with world_at(label):
            Session.objects.create(**row)
        client = client_at(label)
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        assert client.get("/staff/")["Location"].startswith("/accounts/login/")


def test_the_hash_of_a_session_names_its_world(same_user_everywhere):
    """Even with the world's mark forged inside the session, the hash of another world does not fit."""
    hashes = set()
    for label in HOSTS:
        with world_at(label):
            hashes.add(User.objects.get(pk=SAME).get_session_auth_hash())
    assert len(hashes) == 3


def test_a_forged_mark_of_the_world_is_not_enough(client_at, same_user_everywhere):
    from core.accounts.middleware import WORLD_KEY

    key = _session_of("sch-a")
    with school(SCHOOL_A.schema):
        from django.contrib.sessions.backends.db import SessionStore

        data = SessionStore(session_key=key).load()
    with school(SCHOOL_B.schema):
        forged = SessionStore()
        forged.update(data | {WORLD_KEY: SCHOOL_B.schema})
        forged.create()
    client = client_at("sch-b")
    client.cookies[settings.SESSION_COOKIE_NAME] = forged.session_key
    assert client.get("/staff/")["Location"].startswith("/accounts/login/")


def test_cookies_are_of_one_host(client_at, same_user_everywhere):
    client = client_at("sch-a")
    client.post("/accounts/login/", {"login": "same", "password": PASSWORD})
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        if name in client.cookies:
            assert client.cookies[name]["domain"] == ""


def test_the_first_step_at_one_host_is_no_step_at_another(client_at, same_user_everywhere):
    client, other = client_at("sch-a"), client_at("sch-b")
    client.post("/accounts/login/", {"login": "same", "password": PASSWORD})
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = other.post("/accounts/second-factor/enter/", {"code": totp_code()})
    assert answer["Location"] == "/accounts/login/"
    assert client.post("/accounts/second-factor/enter/", {"code": totp_code()})["Location"] == "/"


def test_the_secret_of_a_code_generator_is_sealed_for_its_world(same_user_everywhere):
    from allauth.mfa.models import Authenticator
    from cryptography.fernet import InvalidToken

    from tests.support.accounts import TOTP_SECRET

    with school(SCHOOL_A.schema):
        data = Authenticator.objects.get(user_id=SAME).data
        assert TOTP_SECRET not in str(data)
        assert Authenticator.objects.get(user_id=SAME).wrap().validate_code(totp_code())
    with school(SCHOOL_B.schema):
        Authenticator.objects.filter(user_id=SAME).update(data=data)
        with pytest.raises(InvalidToken):
            Authenticator.objects.get(user_id=SAME).wrap().validate_code(totp_code())


def test_a_role_of_the_region_is_nothing_in_a_school(db):
    from core.authz import load_actor

    with school(SCHOOL_A.schema):
        user = make_user(None)
        RoleGrant.objects.create(user=user, role="region_admin")
        assert load_actor(user).grants == ()
    with region():
        user = make_user(None)
        RoleGrant.objects.create(user=user, role="director")
        assert load_actor(user).grants == ()
