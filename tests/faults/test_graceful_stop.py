"""Told to stop, web and workers finish what runs; what they cannot finish goes back to the queue. Nothing is lost."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import sql

from tests.faults.acts import LONG
from tests.faults.region import RealRegion, eventually
from tests.faults.visitor import Visitor

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("faults")]

CODE = "sch01"
VISITORS = 4


@contextmanager
def locked(region: RealRegion, table: str) -> Iterator[None]:
    """Hold a table of the school, so that whoever reads it waits."""
    ((schema,),) = region.ask("SELECT schema_name FROM region.registry_school WHERE code = %(code)s", {"code": CODE})
    with region.superuser() as connection, connection.transaction():
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(schema, table)))
        yield


def blocked(region: RealRegion, process: str) -> int:
    """Count the sessions of a kind of process that wait for a lock."""
    ((number,),) = region.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name LIKE %(name)s",
        {"name": f"mentoring-{process}:%"},
    )
    return int(number)


def started(region: RealRegion, task: str) -> int:
    """Count the starts of a task."""
    path = region.home / "started"
    return path.read_text().count(f" {task}\n") if path.exists() else 0


def test_the_web_answers_what_it_has_taken_and_a_new_one_takes_the_rest(region: RealRegion) -> None:
    region.start("web")
    region.wait_ready("web")
    director = region.tell("tests.faults.acts", "account", CODE, "director", "graceful")
    first = Visitor(region.port, CODE)
    first.sign_in(director["login"], director["password"], director["secret"])
    statuses: list[int] = []

    def ask(path: str) -> None:
        visitor = Visitor(region.port, CODE, cookies=dict(first.cookies))
        statuses.append(visitor.get(path))

    with locked(region, "people_person"):
        waiting = [threading.Thread(target=ask, args=("/people/",)) for _ in range(2)]
        for thread in waiting:
            thread.start()
        eventually(lambda: blocked(region, "web") == 2, 10)
        old = region.running.pop("web")
        old.child.send_signal(signal.SIGTERM)
        # These come while it leaves: the socket keeps them for whoever comes next.
        late = [threading.Thread(target=ask, args=("/accounts/login/",)) for _ in range(VISITORS)]
        for thread in late:
            thread.start()
        time.sleep(1)
        assert old.is_alive(), "two requests are not answered yet"
    for thread in waiting:
        thread.join(30)
    assert statuses == [200, 200]
    assert old.child.wait(30) == 0
    region.start("web")
    for thread in late:
        thread.join(60)
    # Whoever has signed in is sent on from the sign-in page.
    assert sorted(statuses) == [200, 200, *[302] * VISITORS]
    print(f"web: {len(statuses)} requests over a stop and a start, 0 lost")


def test_a_worker_finishes_its_import_before_it_leaves(region: RealRegion) -> None:
    director = region.tell("tests.faults.acts", "account", CODE, "director", "finishes")
    job = region.tell("tests.faults.acts", "upload", CODE, director["login"], "Доделано")
    region.start("sweeper")
    worker = region.start("worker")
    eventually(lambda: started(region, "schools.imports.check_import") == 1, 90, worker.said)
    region.running.pop("worker")
    worker.child.send_signal(signal.SIGTERM)
    assert worker.child.wait(30) == 0
    assert region.tell("tests.faults.acts", "job", CODE, job)["state"] == "checked"
    assert region.ask("SELECT task FROM region.events_outbox WHERE school_schema <> ''") == []


def test_a_task_that_takes_too_long_goes_back_to_the_queue_and_is_done_once(region: RealRegion) -> None:
    director = region.tell("tests.faults.acts", "account", CODE, "director", "goes-back")
    job = region.tell("tests.faults.acts", "upload", CODE, director["login"], "Возвращено")
    region.start("sweeper")
    region.start("worker")
    eventually(lambda: region.tell("tests.faults.acts", "job", CODE, job)["state"] == "checked", 90, pause=1)
    region.stop("worker")
    before = region.tell("tests.faults.acts", "job", CODE, job)
    assert region.tell("tests.faults.acts", "confirm", CODE, director["login"], job) == "applying"
    with locked(region, "people_person"):
        worker = region.start("worker", WORKER_GRACE_SECONDS="1")
        eventually(lambda: blocked(region, "worker") == 1, 90, worker.said)
        region.running.pop("worker")
        begin = time.monotonic()
        worker.child.send_signal(signal.SIGTERM)
        worker.child.wait(20)
        took = time.monotonic() - begin
        broker = region.broker()
        assert (broker.llen("default"), broker.hlen("unacked")) == (1, 0), worker.said()[-3000:]
        eventually(lambda: blocked(region, "worker") == 0, 10)
    region.start("worker")
    begin = time.monotonic()
    eventually(lambda: region.tell("tests.faults.acts", "job", CODE, job)["state"] == "done", 90, pause=1)
    after = region.tell("tests.faults.acts", "job", CODE, job)
    assert after["applied"] == 1
    assert after["people"] == before["people"] + LONG
    print(f"worker: left in {took:.1f} s, its task done {time.monotonic() - begin:.1f} s after the next one's start")
