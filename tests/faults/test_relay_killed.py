"""A relay that dies between the broker and the outbox sends a task twice; the task does its work once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.acts import LONG
from tests.faults.figures import Board, differences, is_quiet, rows_of
from tests.faults.region import RealRegion, eventually

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("faults")]

CODE = "sch01"


def started(region: RealRegion) -> Counter[str]:
    """Count the starts of each task, every one of another message."""
    path = region.home / "started"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    assert len({message for message, _ in lines}) == len(lines)
    return Counter(task for _, task in lines)


def waiting(region: RealRegion) -> list[str]:
    """The tasks that the outbox holds and the broker has not had."""
    return [
        task
        for (task,) in region.ask("SELECT task FROM region.events_outbox WHERE sent_at IS NULL ORDER BY created_at")
    ]


def relay_and_die(region: RealRegion, task: str, queue: str) -> None:
    """Let the sweeper die with the message sent and the row still there, and another one send it again.

    Nobody works meanwhile, so that a worker's two processes then take both messages at once.
    """
    assert waiting(region) == [task]
    region.broker().delete(queue)
    (region.home / "deadly").write_text(task)
    dying = region.start("sweeper", DJANGO_SETTINGS_MODULE="tests.faults.mortal")
    eventually(lambda: not dying.is_alive(), 60, dying.said)
    region.kill("sweeper")
    assert dying.child.returncode == -9
    assert waiting(region) == [task]
    assert region.broker().llen(queue) == 1
    region.start("sweeper")
    eventually(lambda: waiting(region) == [], 60, region.running["sweeper"].said)
    # The sweeper's own wake-ups for a roll-up stand in the same queue.
    assert region.broker().llen(queue) == 2 or (queue == "rollup" and region.broker().llen(queue) > 2)
    region.stop("sweeper")


def test_an_import_sent_twice_is_written_once(region: RealRegion) -> None:
    director = region.tell("tests.faults.acts", "account", CODE, "director", "twice")
    job = region.tell("tests.faults.acts", "upload", CODE, director["login"], "Дважды")
    before = region.tell("tests.faults.acts", "job", CODE, job)
    assert (before["state"], before["applied"]) == ("checking", 0)

    relay_and_die(region, "schools.imports.check_import", "default")
    region.start("worker")
    eventually(lambda: started(region)["schools.imports.check_import"] == 2, 90, region.running["worker"].said)
    eventually(lambda: region.tell("tests.faults.acts", "job", CODE, job)["state"] == "checked", 60)
    region.stop("worker")

    assert region.tell("tests.faults.acts", "confirm", CODE, director["login"], job) == "applying"
    relay_and_die(region, "schools.imports.apply_import", "default")
    region.start("worker")
    eventually(lambda: started(region)["schools.imports.apply_import"] == 2, 90, region.running["worker"].said)
    eventually(lambda: region.tell("tests.faults.acts", "job", CODE, job)["state"] == "done", 60)
    # Both of them: a worker asked to leave finishes what it has.
    region.stop("worker")
    after = region.tell("tests.faults.acts", "job", CODE, job)
    assert after == {
        "state": "done",
        "applied": 1,
        "people": before["people"] + LONG,
        "enrolments": before["enrolments"] + LONG,
    }
    print(f"outbox: the relay killed twice, {dict(started(region))}, {LONG} people written once")


def test_a_roll_up_sent_twice_counts_once(region: RealRegion) -> None:
    region.start("worker")
    region.start("sweeper")
    region.wait_ready("worker", "sweeper")
    eventually(lambda: is_quiet(region), 90)
    region.stop("sweeper")
    region.stop("worker")
    drafts = region.tell("tests.faults.acts", "drafts", CODE, "2")
    assert len(drafts) == 2
    task = region.tell("tests.faults.acts", "roll_up")
    relay_and_die(region, task, "rollup")
    (region.home / "started").unlink(missing_ok=True)
    region.start("worker")
    eventually(lambda: started(region)[task] >= 2, 90, region.running["worker"].said)
    rows = rows_of(region)
    board = Board(region)
    region.start("sweeper")
    eventually(lambda: not differences(board.read(), rows), 120, lambda: str(differences(board.read(), rows)))
    eventually(lambda: is_quiet(region), 120)
    assert differences(board.read(), rows) == []
    board.close()
    print("outbox: the relay killed once, the roll-up sent twice, figures equal to the recount")
