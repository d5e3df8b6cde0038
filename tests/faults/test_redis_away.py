"""Redis is a wake-up and a cache: when it is away or silent, pages answer in time and nothing is lost."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

import kombu.pools
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from config.celery_app import app
from core.events.models import Outbox
from core.events.outbox import enqueue_for_school, relay_once
from core.tenancy import region, school
from core.tenancy.cache import DoorCache
from tests.support.world import SCHOOL_A

_LONGEST_SECONDS = 2.0


@pytest.fixture(params=["refusing", "silent"])
def broken(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the URL of a Redis that refuses, or that accepts and never answers."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    if request.param == "silent":
        listener.listen(8)
    else:
        listener.close()
    yield f"redis://127.0.0.1:{port}/0"
    listener.close()


@pytest.fixture
def away(broken: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point cache and broker of this process at the broken Redis."""
    caches = {"default": {**settings.CACHES["default"], "LOCATION": broken}}
    monkeypatch.setattr(DoorCache, "_away_until", 0.0)
    kept = app.conf.broker_url
    app.conf.broker_url = broken
    _forget_connections()
    with override_settings(CACHES=caches):
        yield
    app.conf.broker_url = kept
    _forget_connections()


def _forget_connections() -> None:
    """Forget the pools themselves: one that was only closed is found again under its address, and refuses."""
    kombu.pools.reset()
    app._pool = None
    app.__dict__.pop("amqp", None)


@pytest.mark.django_db
def test_pages_answer_without_redis(away: None, client_at: Callable[[str], Client]):
    started = time.monotonic()
    client = client_at(SCHOOL_A.code)
    assert client.get("/accounts/login/").status_code == 200
    assert client.post("/accounts/login/", {"login": "nobody", "password": "wrong-password"}).status_code == 200
    assert client.get("/healthz").status_code == 200
    assert time.monotonic() - started < _LONGEST_SECONDS


@pytest.mark.django_db
def test_the_cache_is_empty_without_redis(away: None):
    with school(SCHOOL_A.schema):
        cache.set("a", 1)
        assert cache.get("a", "nothing") == "nothing"
        assert cache.add("a", 1) is True
        assert cache.delete("a") is False


@pytest.mark.parametrize("broken", ["refusing", pytest.param("silent", marks=pytest.mark.nightly)], indirect=True)
@pytest.mark.django_db(transaction=True)
def test_a_task_waits_in_the_outbox(away: None):
    from core.accounts import tasks

    task = next(value for value in vars(tasks).values() if getattr(value, "world", "") == "school" and value.name)
    with region():
        enqueue_for_school(task, school_schema=SCHOOL_A.schema)
    started = time.monotonic()
    assert relay_once() == 0
    assert time.monotonic() - started < _LONGEST_SECONDS * 4
    with region():
        (row,) = Outbox.objects.all()
        assert (row.school_schema, row.attempts) == (SCHOOL_A.schema, 1)
