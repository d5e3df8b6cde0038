"""Workers on several machines: they share what many schools ask for; one is lost with its machine, and no task is."""

from __future__ import annotations

import json
import time

import pytest
from psycopg import sql

from tests.faults.figures import Board, differences, is_quiet, rows_of
from tests.faults.region import RealRegion, eventually

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("faults")]

LOST, STAYS = MACHINES = ("worker@one", "worker@two")
POOL = 2
CHECK = "schools.imports.check_import"
# What a lost machine had in hand is sent again when the outbox loses patience: ten minutes, which pass here at once.
TEN_MINUTES_LATER = """
UPDATE region.events_outbox SET next_attempt_at = next_attempt_at - interval '10 minutes'
 WHERE sent_at IS NOT NULL RETURNING id
"""
DONE_SECONDS = 180


def finished(log: str) -> dict[str, tuple[str, str]]:
    """Return (task, school) of each task that a worker's log says it has finished, by the message's id."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{") and '"task_id"' in line]
    return {line["task_id"]: (line["task"], line["school"]) for line in lines if line.get("event") == "task"}


def begun(region: RealRegion) -> set[str]:
    """Return the ids of the messages that any worker has begun."""
    path = region.home / "started"
    return {line.split()[0] for line in path.read_text().splitlines()} if path.exists() else set()


def states(region: RealRegion, jobs: dict[str, str]) -> dict[str, str]:
    """Return what has become of each school's import."""
    schemas = dict(region.ask("SELECT code, schema_name FROM region.registry_school"))
    found = {}
    for code, job in jobs.items():
        text = sql.SQL("SELECT state FROM {} WHERE id = %(job)s").format(
            sql.Identifier(schemas[code], "imports_importjob")
        )
        ((found[code],),) = region.ask(text, {"job": job})
    return found


def test_the_machine_that_stays_does_what_the_lost_one_has_left(region: RealRegion, seed: int) -> None:
    codes = [code for (code,) in region.ask("SELECT code FROM region.registry_school WHERE state = 'ready' ORDER BY 1")]
    logs = {name: region.start(name) for name in MACHINES}
    region.wait_ready(*MACHINES)
    editor = region.python("tests.faults.edits", str(seed))
    jobs = region.tell("tests.faults.acts", "upload_each", *codes)
    region.start("sweeper")

    def both_are_at_work() -> bool:
        done = {name: finished(log.said()) for name, log in logs.items()}
        return all(done.values()) and len(begun(region) - done[LOST].keys() - done[STAYS].keys()) > POOL

    # More is begun than one machine has hands for: the other is in the middle of something.
    eventually(both_are_at_work, 180, logs[STAYS].said, pause=0.02)
    lost = region.running[LOST]
    region.kill(LOST)
    cut = begun(region) - finished(lost.said()).keys() - finished(logs[STAYS].said()).keys()
    assert len(cut) > POOL
    begin = time.monotonic()

    def the_other_has_done_the_rest() -> bool:
        done = cut | finished(lost.said()).keys() | finished(logs[STAYS].said()).keys()
        return not region.broker().llen("default") and begun(region) <= done

    # The schools go on for a while with one machine less, and then are still.
    time.sleep(5)
    told, _ = editor.communicate()
    eventually(the_other_has_done_the_rest, DONE_SECONDS, logs[STAYS].said)
    missed = region.ask(TEN_MINUTES_LATER)
    assert missed, "the lost machine had nothing in hand: this proves nothing"
    eventually(
        lambda: set(states(region, jobs).values()) == {"checked"}, DONE_SECONDS, lambda: str(states(region, jobs))
    )
    repaired = time.monotonic() - begin
    eventually(lambda: is_quiet(region), DONE_SECONDS, logs[STAYS].said, pause=1)
    board = Board(region)
    try:
        assert differences(board.read(), rows_of(region)) == []
    finally:
        board.close()
    shares = {name: finished(log.said()) for name, log in logs.items()}
    checks = {name: sum(task == CHECK for task, _ in share.values()) for name, share in shares.items()}
    assert sum(checks.values()) >= len(codes)
    schools = {name: len({school for _, school in share.values() if school}) for name, share in shares.items()}
    assert schools[STAYS] > 1
    edits = sum(json.loads(told.splitlines()[-1]).values())
    print(
        f"two machines: { ({name: len(share) for name, share in shares.items()}) } tasks, checks of lists {checks} in "
        f"{len(codes)} schools, {len(missed)} sent again after one was lost; all done {repaired:.0f} s later, "
        f"{edits} edits beside; figures equal the recount"
    )
