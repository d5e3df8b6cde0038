"""What a session may take: limits by process, a plain answer when one is met, slow statements without values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
from django.conf import settings
from django.db import DataError, connection
from django.test import Client
from structlog.testing import capture_logs

from core.tenancy import limits, region, rollup, school
from core.tenancy.bootstrap import SERVER_LOG
from core.tenancy.limits import Limits
from core.tenancy.slow import shape_of
from tests.support.accounts import make_user, session_for
from tests.support.database import superuser_url
from tests.support.world import SCHOOL_A

NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")


@pytest.fixture
def become() -> Iterator[Callable[[str], None]]:
    """Be another kind of process until the test ends."""
    yield limits.become
    limits.become("command")


@pytest.fixture
def fresh(db: None) -> Iterator[object]:
    """A session of its own, as the next connection of this process would be."""
    copy = connection.copy()
    yield copy
    copy.close()


def shown(session: object, names: tuple[str, ...]) -> dict[str, str]:
    with session.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(names)])
        return dict(cursor.fetchall())


@pytest.mark.parametrize("process", sorted(set(settings.DOOR_LIMITS) - {"migrator"}))
def test_a_session_has_the_limits_of_its_process(process: str, become: Callable[[str], None], fresh: object):
    become(process)
    wanted = settings.DOOR_LIMITS[process]
    with region():
        seen = shown(fresh, NAMES)
    assert seen["application_name"].startswith(f"mentoring-{process}:")
    assert [int(seen[name]) for name in NAMES[:3]] == [
        wanted.statement * 1000,
        wanted.lock * 1000,
        wanted.idle_in_transaction * 1000,
    ]
    with rollup():
        assert shown(fresh, NAMES)["statement_timeout"] == str(settings.DOOR_ROLLUP_SECONDS * 1000)


def test_the_owner_waits_less_than_a_page(monkeypatch: pytest.MonkeyPatch, become: Callable[[str], None]):
    assert settings.DOOR_LIMITS["migrator"].lock < settings.DOOR_LIMITS["web"].lock
    # gunicorn ends a process that has not answered in 30 seconds.
    assert settings.DOOR_LIMITS["web"].statement < 30
    monkeypatch.setattr(settings, "DOOR_LOGIN", "migrator")
    become("worker")
    assert limits.limits() == settings.DOOR_LIMITS["migrator"]
    monkeypatch.undo()
    become("command")


def test_the_servers_log_is_told_to_quote_nothing(fresh: object):
    with region():
        assert shown(fresh, tuple(SERVER_LOG)) == SERVER_LOG


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["lock", "statement"])
def test_a_blocked_page_ends_with_a_plain_503(
    limit: str, monkeypatch: pytest.MonkeyPatch, become: Callable[[str], None], client_at: Callable[[str], Client]
):
    with school(SCHOOL_A.schema):
        key = session_for(make_user("coordinator"))
    client = client_at(SCHOOL_A.code)
    client.raise_request_exception = False
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/people/").status_code == 200
    short = replace(settings.DOOR_LIMITS["web"], **{limit: 0.2})
    monkeypatch.setitem(settings.DOOR_LIMITS, "web", short)
    become("web")
    connection.close()
    with psycopg.connect(superuser_url(str(connection.settings_dict["NAME"]))) as other:
        other.execute(f"LOCK TABLE {SCHOOL_A.schema}.people_person IN ACCESS EXCLUSIVE MODE")
        page, answer = client.get("/people/"), client.get("/api/v1/people/")
    for response in (page, answer):
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0
    assert "<h1>Сейчас занято</h1>" in page.content.decode()
    assert page["X-Request-Id"] in page.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "busy"
    assert client.get("/people/").status_code == 200


def test_a_slow_statement_is_noted_without_its_values(monkeypatch: pytest.MonkeyPatch, db: None):
    monkeypatch.setattr("core.tenancy.slow.limits", lambda: Limits(1, 1, 1, slow=0.1))
    with school(SCHOOL_A.schema), capture_logs() as lines, connection.cursor() as cursor:
        cursor.execute("SELECT 1, %s", ["Канарейкин"])
        cursor.execute("SELECT pg_sleep(0.11), %s, 'Канарейкин', 4512", ["Канарейкин"])
        with pytest.raises(DataError):
            cursor.execute("SELECT 1 / length(pg_sleep(0.11)::text)")
    assert [line["event"] for line in lines] == ["slow_statement", "slow_statement"]
    assert lines[0]["statement"] == "SELECT pg_sleep(?), %s, ?, ?"
    assert lines[0]["took_ms"] >= 110
    assert "Канарейкин" not in str(lines)


def test_the_shape_of_a_statement_holds_no_literal():
    text = "INSERT INTO t VALUES ('O''Канарейкин', 3.5, %s)\n  -- x"
    assert shape_of(text) == "INSERT INTO t VALUES (?, ?, %s) -- x"
    assert shape_of(object()) == "object"
