"""A broker that is killed, or goes silent, under a real web server: pages answer in time, and nothing is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.figures import Board, differences, rows_of
from tests.faults.region import RealRegion, eventually, today
from tests.faults.visitor import Visitor

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("faults")]

LONGEST_SECONDS = 3.0
RETURNED_SECONDS = 120
CODE = "sch02"


def silence(region: RealRegion) -> Callable[[], None]:
    """Stop the broker in its tracks: it takes connections and answers nothing. Returns how it comes back."""
    assert region.servers.valkey.child is not None
    pid = region.servers.valkey.child.pid
    os.kill(pid, signal.SIGSTOP)
    return lambda: os.kill(pid, signal.SIGCONT)


def kill(region: RealRegion) -> Callable[[], None]:
    """Kill the broker. Returns how an empty one comes in its place."""
    region.kill_broker()
    return region.start_broker


@pytest.mark.parametrize("break_broker", [silence, kill], ids=lambda how: how.__name__)
def test_pages_answer_and_figures_arrive(
    region: RealRegion, break_broker: Callable[[RealRegion], Callable[[], None]]
) -> None:
    how = break_broker.__name__
    director = region.tell("tests.faults.acts", "account", CODE, "director", f"director-{how}")
    admin = region.tell("tests.faults.acts", "account", "region", "region_admin", f"admin-{how}")
    for name in ("web", "worker", "sweeper"):
        region.start(name)
    region.wait_ready("web", "worker", "sweeper")
    board = Board(region)
    # Both processes of the web are warm: what is timed is the broker, not their first page.
    for _ in range(4):
        for host in (CODE, "region"):
            assert Visitor(region.port, host).get("/accounts/login/") == 200
    drafts = region.tell("tests.faults.acts", "drafts", CODE, "3")

    come_back = break_broker(region)
    broken = time.monotonic()
    school, office = Visitor(region.port, CODE), Visitor(region.port, "region")
    try:
        school.sign_in(**director)
        assert school.get("/people/") == 200
        status, place = school.post("/people/", search="1", q="Черновик")
        assert status == 302, school.page[:3000]
        assert school.get(place) == 200
        assert school.page.count("Черновик") >= 2 * len(drafts)
        assert school.get("/orders/approve/") == 200
        status, place = school.post("/orders/approve/", pairs=drafts, number=f"17-{how}", signed_on=today().isoformat())
        assert status == 302, school.page[:3000]
        assert school.get(place) == 200
        office.sign_in(**admin)
        for _ in range(2):
            assert office.get("/coverage/") == 200
            assert office.get("/coverage/live/") == 200
        # A long import asks for a worker that nobody can reach now.
        begin = time.monotonic()
        job = region.tell("tests.faults.acts", "upload", CODE, director["login"], f"Очередь{how}")
        uploaded = time.monotonic() - begin
        rows = rows_of(region)
        alone = eventually(
            lambda: not differences(board.read(), rows), 60, lambda: str(differences(board.read(), rows))
        )
        assert [task for (task,) in region.ask("SELECT task FROM region.events_outbox")] == [
            "schools.imports.check_import"
        ]
        lasted = time.monotonic() - broken
    finally:
        come_back()

    def has_drained() -> bool:
        region.revive()
        return region.ask("SELECT count(*) FROM region.events_outbox") == [(0,)]

    drained = eventually(has_drained, RETURNED_SECONDS, region.running["sweeper"].said)
    checked = drained + eventually(
        lambda: region.tell("tests.faults.acts", "job", CODE, job)["state"] == "checked",
        RETURNED_SECONDS,
        region.running["worker"].said,
    )
    board.close()
    took = school.took + office.took
    slowest = max(took, key=lambda one: one[1])
    print(
        f"broker {how}: {len(took)} answers, the slowest {slowest[0]} {slowest[1]:.2f} s; an upload with its process "
        f"{uploaded:.1f} s; figures equal {alone:.1f} s after, without a broker; away {lasted:.0f} s; outbox empty "
        f"{drained:.1f} s after its return, the import checked {checked:.1f} s after; ended by themselves: "
        f"{[name for name, *_ in region.ended]}"
    )
    assert len(took) >= 14
    assert [one for one in took if one[1] > LONGEST_SECONDS] == []


def test_a_flushed_broker_takes_tasks_again(region: RealRegion) -> None:
    """FLUSHALL forgets queues too: who has declared one and stays connected must not send into nothing."""
    director = region.tell("tests.faults.acts", "account", CODE, "director", "director-flush")
    region.start("worker")
    region.start("sweeper")
    region.wait_ready("worker", "sweeper")

    def is_checked(job: str) -> bool:
        return bool(region.tell("tests.faults.acts", "job", CODE, job)["state"] == "checked")

    took = []
    for number in range(3):
        job = region.tell("tests.faults.acts", "upload", CODE, director["login"], f"Смытые{chr(1072 + number)}")
        took.append(eventually(lambda job=job: is_checked(job), 60, region.running["sweeper"].said))
        region.broker().flushall()
    assert region.ended == []
    print(f"broker flushed: long imports checked {', '.join(f'{one:.1f} s' for one in took)} after they were asked for")
