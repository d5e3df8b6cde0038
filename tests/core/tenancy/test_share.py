"""P20 by day: a school beyond its share is refused at once and in words, the others do not notice."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.tenancy import share
from core.tenancy.share import Share, Shares
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A, SCHOOL_B

A, B = SCHOOL_A.schema, SCHOOL_B.schema


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in our hands."""
    now = [1000.0]
    monkeypatch.setattr(share.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def buckets(settings: Any, clock: list[float]) -> Shares:
    """Five processes; a school has half a second of them in a second, twenty at once, beside another."""
    settings.SCHOOL_SHARE = Share(version="test", rate=0.1, burst=4)
    made = Shares()
    made.configure(place=0, workers=5)
    use(made, B, 0.0)
    return made


def use(buckets: Shares, schema: str, seconds: float) -> None:
    assert buckets.admit(schema) == 0
    buckets.settle(schema, seconds)


def test_a_school_takes_its_burst_and_then_its_rate(buckets: Shares, clock: list[float]):
    for _ in range(20):
        use(buckets, A, 1.0)
    assert buckets.admit(A) == 1.0, "nothing is left: in a second there is"
    use(buckets, B, 1.0)
    clock[0] += 1
    use(buckets, A, 2.5)
    assert buckets.admit(A) == 4.0, "two seconds in debt, half a second a second"
    clock[0] += 4.1
    use(buckets, A, 0.1)
    (told,) = buckets.refused(within_seconds=60)
    assert (told.schema, told.times) == (A, 2)
    clock[0] += 120
    assert buckets.refused(within_seconds=60) == []


def test_what_a_new_process_loads_is_nobodys_share(buckets: Shares, clock: list[float]):
    buckets.configure(place=0, workers=5, is_new=True)
    for _ in range(20):
        use(buckets, A, 3.0)
    for _ in range(6):
        use(buckets, A, 3.0)
    assert buckets.admit(A) > 0, "two seconds counted for the first twenty, all of the rest"
    buckets.configure(place=0, workers=5)
    clock[0] += 240
    use(buckets, B, 0.0)
    for _ in range(7):
        use(buckets, A, 3.0)
    assert buckets.admit(A) > 0, "a process that is not new pays from the first"


def test_a_busy_machine_makes_nobody_pay_and_a_slow_statement_does():
    assert share.cost(held=0.9, worked=0.05) == pytest.approx(0.08)
    assert share.cost(held=0.06, worked=0.05) == pytest.approx(0.08)
    assert share.cost(held=6.05, worked=0.05) == pytest.approx(5.08)


def test_below_the_half_one_request_runs_at_a_time(buckets: Shares):
    for _ in range(10):
        use(buckets, A, 1.0)
    assert buckets.admit(A) == 0
    buckets.configure(place=1, workers=5)
    share._PLACE.pack_into(buckets._map, 0, int(A[2:], 16) + 1)
    assert buckets.admit(A) > 0, "another process is at work for this school"
    assert buckets.admit(B) == 0
    buckets.configure(place=0, workers=5)
    buckets.configure(place=1, workers=5)
    assert buckets.admit(A) == 0, "whoever takes a dead process's place clears it"


def test_what_is_typed_may_owe_a_full_bucket_and_no_more(buckets: Shares, clock: list[float]):
    use(buckets, A, 20.0)
    share._PLACE.pack_into(buckets._map, share._PLACE.size, int(A[2:], 16) + 1)
    assert buckets.admit(A) == 1.0, "a page is asked for again"
    for _ in range(2):
        assert buckets.admit(A, may_owe=True) == 0, "though another process is at work for this school"
        buckets.settle(A, 15.0)
    assert buckets.admit(A, may_owe=True) == 20.0, "ten seconds beyond what may be owed"
    assert buckets.admit(A) == 60.0
    taken = 0
    for _ in range(1000):
        clock[0] += 0.1
        use(buckets, B, 0.0)
        if buckets.admit(A, may_owe=True) == 0:
            buckets.settle(A, 1.0)
            taken += 1
    assert taken == 40, "its rate, less the debt: at the bottom nothing is free"


def test_a_long_request_locks_nobody_out_for_good(buckets: Shares, clock: list[float]):
    use(buckets, A, 10_000.0)
    clock[0] += 39
    use(buckets, B, 0.0)
    assert buckets.admit(A) > 0
    clock[0] += 2
    assert buckets.admit(A) == 0


def test_who_is_alone_is_not_refused_and_gives_way_at_once(buckets: Shares, clock: list[float]):
    clock[0] += 31
    for _ in range(100):
        use(buckets, A, 1.0)
    assert buckets.refused(within_seconds=60) == []
    use(buckets, B, 0.1)
    assert buckets.admit(A) > 0, "somebody else is there"
    clock[0] += 0.1
    use(buckets, A, 0.0)
    clock[0] += 31
    use(buckets, A, 50.0)
    buckets.note_region()
    assert buckets.admit(A) > 0, "the region is somebody too"


def test_who_is_beside_a_long_request_of_another_is_not_alone(buckets: Shares, clock: list[float]):
    for _ in range(25):
        clock[0] += 0.01
        if buckets.admit(A) == 0:
            buckets.settle(A, 1.0)
    buckets.configure(place=1, workers=5)
    assert buckets.admit(B) == 0
    buckets.configure(place=0, workers=5)
    clock[0] += 31
    for _ in range(40):
        if buckets.admit(A) == 0:
            buckets.settle(A, 1.0)
    assert buckets.admit(A) > 0, "its request has run for longer than the others stay away"


def test_processes_share_the_buckets(buckets: Shares, clock: list[float]):
    """The map is made before the fork; what the child takes is gone for the parent."""
    child = os.fork()
    if not child:
        for _ in range(20):
            use(buckets, A, 1.0)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert buckets.admit(A) == 1.0
    assert buckets.admit(B) == 0


def test_a_full_table_limits_nobody_new(buckets: Shares, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(share, "_LONGEST_PROBE", 1)
    for number in (1, 1 + share._BUCKETS):
        use(buckets, f"s_{number:012x}", 1000.0)
    assert buckets.admit(f"s_{1:012x}") > 0
    assert buckets.admit(f"s_{1 + share._BUCKETS:012x}") == 0


@pytest.mark.django_db
def test_the_school_is_told_in_words_and_the_region_sees_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch, client_at: Callable[[str], Client]
):
    settings.SCHOOL_SHARE = Share(version="test-7", rate=0.1, burst=0.0)
    monkeypatch.setattr(share, "_shares", [])
    clients = {place.code: sign_in(client_at, place, "coordinator") for place in (SCHOOL_A, SCHOOL_B)}
    clients[SCHOOL_A.code].cookies["ui_appearance"] = ""
    loud = clients[SCHOOL_A.code]
    assert clients[SCHOOL_B.code].get("/people/").status_code == 200, "whoever is alone is not refused"
    page = loud.get("/people/")
    assert page.status_code == 429
    assert int(page["Retry-After"]) >= 1
    body = page.content.decode()
    assert "<h1>Слишком много запросов</h1>" in body
    assert page["X-Request-Id"] in body
    assert "unsafe" not in page["Content-Security-Policy"]
    again = loud.get("/people/")
    assert again["X-Request-Id"] in again.content.decode()
    answer = loud.get("/api/v1/people/")
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert answer["Retry-After"]
    admin = sign_in(client_at, "region", "region_admin")
    told = admin.get("/api/v1/operations/queues/").json()["shares"]
    assert told["version"] == "test-7"
    assert [(one["code"], one["times"]) for one in told["throttled"]] == [(SCHOOL_A.code, 3)]
    shown = admin.get("/operations/").content.decode()
    assert "Школы, которые ограничивали" in shown
    assert "test-7" in shown


@pytest.mark.django_db
def test_what_somebody_signed_in_has_typed_arrives_though_pages_are_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch, client_at: Callable[[str], Client]
):
    settings.SCHOOL_SHARE = Share(version="test", rate=0.001, burst=100.0)
    monkeypatch.setattr(share, "_shares", [])
    loud = sign_in(client_at, SCHOOL_A, "coordinator")
    owe(150.0)
    assert loud.get("/people/").status_code == 429
    stranger = client_at(SCHOOL_A.code)
    assert stranger.post("/people/new/").status_code == 429, "nobody there has typed anything"
    assert loud.post("/people/new/", {"surname": "Ёлкин"}).status_code == 200
    owe(200.0)
    page = loud.post("/people/new/", {"surname": "Ёлкин"})
    assert (page.status_code, "подтвердите повторную отправку" in page.content.decode()) == (429, True)
    assert "подтвердите повторную отправку" not in loud.get("/people/").content.decode()


def owe(seconds: float) -> None:
    """Let the first school use up so much while the second is there."""
    buckets = share.shares()
    buckets.admit(B)
    buckets.settle(B, 0.0)
    buckets.admit(A, may_owe=True)
    buckets.settle(A, seconds)
