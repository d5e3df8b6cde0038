"""Signing in: password, second step, a compulsory second factor, ends by idleness and by button."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from core.accounts.models import SignIn, User
from core.accounts.services.second_factor import has_second_factor
from core.tenancy import school
from tests.support.accounts import PASSWORD, make_user, sign_in, totp_code

LOGIN = "/accounts/login/"
SET_UP = "/accounts/second-factor/set-up/"
SESSIONS = "/account/sessions/"


@pytest.fixture
def in_a(db, school_a):
    """Return a maker of users of school A, usable outside its context."""

    def make(role, **options):
        with school(school_a.schema):
            return make_user(role, **options)

    return make


def _enter(client, user, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": user.login.upper(), "password": password, **more})


def test_a_participant_signs_in_by_login_and_password(in_a, client_at):
    user = in_a("mentee", login="ученик-1", with_totp=False)
    client = client_at("sch-a")
    answer = _enter(client, user)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(SESSIONS).status_code == 200


def test_the_page_does_not_tell_whether_a_login_exists(in_a, client_at):
    user = in_a("mentee", with_totp=False)
    wrong = _enter(client_at("sch-a"), user, password="не тот пароль")
    unknown = client_at("sch-a").post(LOGIN, {"login": "nobody-at-all", "password": "не тот пароль"})
    sentence = "Логин или пароль не подходит"
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    strip = lambda page: re.sub(r'value="[^"]*"|<code>\w+</code>', "", page.content.decode())  # noqa: E731
    assert strip(wrong) == strip(unknown)


def test_five_wrong_passwords_close_a_login_for_a_while(in_a, client_at):
    user, other = in_a("mentee", with_totp=False), in_a("mentee", with_totp=False)
    client = client_at("sch-a")
    for _ in range(5):
        _enter(client, user, password="не тот")
    assert "Слишком много попыток" in _enter(client, user).content.decode()
    assert _enter(client_at("sch-a"), other).status_code == 302


def test_signing_in_works_without_the_cache(in_a, client_at, settings):
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    user = in_a("director")
    client = client_at("sch-a")
    assert _enter(client, user)["Location"].startswith("/accounts/second-factor/enter/")
    assert client.post("/accounts/second-factor/enter/", {"code": totp_code()})["Location"] == "/"


def test_staff_pass_two_steps_and_the_first_opens_nothing(in_a, client_at):
    user = in_a("director")
    client = client_at("sch-a")
    assert _enter(client, user)["Location"] == "/accounts/second-factor/enter/"
    assert client.get("/staff/")["Location"].startswith(LOGIN)
    assert "Код не подходит" in client.post("/accounts/second-factor/enter/", {"code": "000000"}).content.decode()
    assert client.post("/accounts/second-factor/enter/", {"code": totp_code()})["Location"] == "/"
    assert client.get("/staff/").status_code == 200


def test_a_recovery_code_replaces_the_phone_once(in_a, client_at, school_a):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    user = in_a("director")
    with school(school_a.schema):
        code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in ("/", None):
        client = client_at("sch-a")
        _enter(client, user)
        answer = client.post("/accounts/second-factor/enter/", {"code": code})
        assert answer.get("Location") == expected


def test_staff_without_a_second_factor_get_nowhere_but_to_its_set_up(in_a, client_at, school_a):
    user = in_a("coordinator", with_totp=False)
    client = client_at("sch-a")
    assert _enter(client, user)["Location"] == "/"
    for page in ("/staff/", SESSIONS, "/accounts/password/", "/accounts/second-factor/"):
        assert client.get(page)["Location"] == SET_UP
    page = client.get(SET_UP)
    assert "data:image/svg+xml" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page.content.decode())[1]
    answer = client.post(SET_UP, {"code": totp_code(secret)})
    assert answer["Location"] == "/accounts/recovery-codes/"
    assert client.get("/accounts/recovery-codes/").content.decode().count("<li><code>") == 10
    assert client.get("/staff/").status_code == 200
    with school(school_a.schema):
        assert has_second_factor(user.pk)


def test_a_session_opened_with_a_password_alone_ends_when_the_second_factor_is_set_up(in_a, client_at, school_a):
    user = in_a("coordinator", with_totp=False)
    client, other = client_at("sch-a"), client_at("sch-a")
    for one in (client, other):
        _enter(one, user)
        assert one.get("/staff/")["Location"] == SET_UP
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(SET_UP).content.decode())[1]
    client.post(SET_UP, {"code": totp_code(secret)})
    assert client.get("/staff/").status_code == 200
    assert other.get("/staff/")["Location"].startswith(LOGIN)


def test_somebody_who_becomes_staff_while_signed_in_must_set_it_up(client_at, school_a, db):
    client = sign_in(client_at, school_a, "mentor")
    assert client.get(SESSIONS).status_code == 200
    with school(school_a.schema):
        from allauth.mfa.models import Authenticator

        Authenticator.objects.filter(user_id=client.user.pk).delete()
        client.user.grants.create(role="coordinator")
    assert client.get(SESSIONS)["Location"] == SET_UP


def test_whoever_takes_the_phone_off_must_set_up_another_and_other_sessions_end(client_at, school_a, db):
    client = sign_in(client_at, school_a, "director")
    other = client_at("sch-a")
    with school(school_a.schema):
        from tests.support.accounts import session_for

        other.cookies[settings.SESSION_COOKIE_NAME] = session_for(client.user)
    assert client.get("/staff/").status_code == 200
    assert other.get("/staff/").status_code == 200
    again = client.get("/accounts/second-factor/take-off/")
    assert again["Location"].startswith("/accounts/second-factor/again/")
    assert client.post(again["Location"], {"code": totp_code()}).status_code == 302
    assert client.post("/accounts/second-factor/take-off/").status_code == 302
    assert other.get("/staff/")["Location"].startswith(LOGIN)
    assert client.get("/staff/")["Location"].startswith(LOGIN) or client.get("/staff/")["Location"] == SET_UP


def test_a_sign_in_sweeps_out_sessions_that_are_out_of_term(in_a, client_at, school_a):
    with school(school_a.schema):
        from django.contrib.sessions.models import Session

        for key, days in (("old", -1), ("new", 1)):
            Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=days))
    _enter(client_at("sch-a"), in_a("mentee", with_totp=False))
    with school(school_a.schema):
        assert set(Session.objects.filter(session_key__in=["old", "new"]).values_list("session_key", flat=True)) == {
            "new"
        }


def test_leaving_is_a_post(in_a, client_at, school_a):
    user = in_a("mentee", with_totp=False)
    client = client_at("sch-a")
    _enter(client, user)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get(SESSIONS).status_code == 200
    assert client.post("/accounts/logout/")["Location"] == LOGIN
    assert client.get(SESSIONS)["Location"].startswith(LOGIN)
    with school(school_a.schema):
        assert SignIn.objects.get(user=user).ended_at is not None


@pytest.mark.parametrize(
    ("role", "shared", "idle_minutes", "is_open"),
    [
        ("director", "", 29, True),
        ("director", "", 31, False),
        ("director", "on", 11, False),
        ("director", "on", 9, True),
        ("mentee", "", 300, True),
        ("mentee", "on", 11, False),
    ],
)
def test_an_idle_session_ends(in_a, client_at, school_a, role, shared, idle_minutes, is_open):
    user = in_a(role, with_totp=role == "director")
    client = client_at("sch-a")
    _enter(client, user, shared_computer=shared)
    if role == "director":
        client.post("/accounts/second-factor/enter/", {"code": totp_code()})
    with school(school_a.schema):
        session = client.session
        session["_seen"] -= idle_minutes * 60
        session.save()
    answer = client.get(SESSIONS)
    assert (answer.status_code == 200) is is_open
    if not is_open:
        page = client.get(answer["Location"]).content.decode()
        assert "Вы долго ничего не делали" in page
        with school(school_a.schema):
            assert SignIn.objects.get(user=user).ended_at is not None


def test_a_page_that_refreshes_itself_does_not_keep_a_session_open(in_a, client_at, school_a):
    client = client_at("sch-a")
    _enter(client, in_a("mentee", with_totp=False))
    for headers, is_kept in (({"hx-request": "true"}, False), ({}, True)):
        with school(school_a.schema):
            session = client.session
            session["_seen"] = before = session["_seen"] - 120
            session.save()
        client.get(SESSIONS, headers=headers)
        with school(school_a.schema):
            assert (client.session["_seen"] > before) is is_kept


def test_one_button_ends_all_other_sign_ins(in_a, client_at, school_a):
    user = in_a("mentee", with_totp=False)
    here, there = client_at("sch-a"), client_at("sch-a")
    for client in (here, there):
        client.post(
            LOGIN,
            {"login": user.login, "password": PASSWORD},
            headers={"user-agent": "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/140.0"},
            REMOTE_ADDR="203.0.113.77",
        )
    page = here.get(SESSIONS).content.decode()
    assert page.count("Firefox, сеть 203.0.113.0/24") == 2
    assert "203.0.113.77" not in page
    answer = here.post("/account/sessions/end-others/", follow=True)
    assert "Завершён 1 другой вход." in answer.content.decode()
    assert here.get(SESSIONS).status_code == 200
    assert there.get(SESSIONS)["Location"].startswith(LOGIN)


def test_a_password_change_ends_other_sessions(in_a, client_at):
    user = in_a("mentee", with_totp=False)
    here, there = client_at("sch-a"), client_at("sch-a")
    for client in (here, there):
        _enter(client, user)
    new = "совсем-другой-пароль-5"
    weak = here.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": "12345", "password2": "12345"})
    assert weak.status_code == 200
    answer = here.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert here.get(SESSIONS).status_code == 200
    assert there.get(SESSIONS)["Location"].startswith(LOGIN)
    assert _enter(client_at("sch-a"), user, password=new).status_code == 302


@pytest.mark.parametrize("fields", [{"is_active": False}, {"expires_at": timezone.now() - timedelta(seconds=1)}])
def test_an_account_off_or_out_of_term_does_not_sign_in(in_a, client_at, fields):
    user = in_a("mentee", with_totp=False, **fields)
    client = client_at("sch-a")
    answer = _enter(client, user)
    assert answer["Location"] == "/accounts/inactive/"
    assert "отключена" in client.get(answer["Location"]).content.decode()
    assert client.get(SESSIONS)["Location"].startswith(LOGIN)


def test_an_account_whose_term_ends_loses_its_session(client_at, school_a, db):
    client = sign_in(client_at, school_a, "mentor")
    assert client.get(SESSIONS).status_code == 200
    with school(school_a.schema):
        User.objects.filter(pk=client.user.pk).update(expires_at=timezone.now())
    assert client.get(SESSIONS)["Location"].startswith(LOGIN)


def test_the_return_address_stays_on_the_host(in_a, client_at):
    user = in_a("mentee", with_totp=False)
    for wanted, expected in (
        ("http://sch-b.localhost/", "/"),
        ("//sch-b.localhost/", "/"),
        ("https://example.com/", "/"),
        (SESSIONS, SESSIONS),
    ):
        answer = _enter(client_at("sch-a"), user, next=wanted)
        assert answer["Location"] == expected


def test_there_is_no_sign_up_and_no_mail(client_at, db):
    for page in ("/accounts/signup/", "/accounts/email/", "/accounts/password/reset/", "/accounts/login/code/"):
        assert client_at("sch-a").get(page).status_code == 404


def test_what_a_request_costs(client_at, school_a, django_assert_num_queries, db):
    """Session, user, grants; the second factor is asked about once in a session."""
    client = sign_in(client_at, school_a, "director")
    client.get("/accounts/password/")
    with django_assert_num_queries(3):
        assert client.get("/accounts/password/").status_code == 200
