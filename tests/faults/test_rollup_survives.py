"""P8: stored figures are exact after anything that can die has died: against a recount from the rows themselves."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

from tests.faults.figures import Board, differences, is_quiet, live, rows_of
from tests.faults.region import RealRegion, eventually, today
from tests.support import oracle

pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("faults")]

REPAIRED_SECONDS = 120
# A live roll-up of these schools takes a fraction of a second; a lease older than this has lost its holder.
ABANDONED_AFTER_SECONDS = 8
POOL = 2
ROUND = 25
KINDS = {"child": 40, "pool": 15, "sweeper": 20, "worker": 12, "group": 13}


class Storm:
    """Kills, floods and outages in a seeded order; counts what it did."""

    def __init__(self, region: RealRegion, seed: int) -> None:
        self.region = region
        self.random = Random(seed)
        self.did: Counter[str] = Counter()
        self.cut: set[str] = set()

    def rage(self, kills: int) -> None:
        """Kill so many times, with an outage of something else in between now and then."""
        outages = {
            "crash": kills // 6,
            "flush": kills // 4,
            "broker": max(1, kills // 30),
            "night": max(1, kills // 4),
        }
        plan = [name for name, times in outages.items() for _ in range(max(1, times))]
        self.random.shuffle(plan)
        for number in range(kills):
            self.kill()
            if plan and self.random.random() < len(plan) / max(1, kills - number):
                getattr(self, plan.pop())()
            self.look()
        for name in plan:
            getattr(self, name)()

    def kill(self) -> None:
        """Kill something that works, rather often in the middle of its work."""
        for name in ("worker", "sweeper"):
            if name not in self.region.running:
                self.region.start(name)
        self.region.revive()
        kinds = list(KINDS)
        self.random.shuffle(kinds)
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        if not self.is_ready(kind):
            eventually(lambda: any(map(self.is_ready, KINDS)), 60)
        if not self.is_ready(kind):
            kind = next(other for other in kinds if self.is_ready(other))
        if self.random.random() < 0.7:
            self.wait_for_work()
        else:
            time.sleep(self.random.uniform(0, 1.5))
        if not self.is_ready(kind):
            # It ended by itself in the meantime.
            return self.kill()
        getattr(self, f"kill_{kind}")()
        self.did[kind] += 1
        return None

    def is_ready(self, kind: str) -> bool:
        """Say whether such a kill would hit somebody who works."""
        if kind == "sweeper":
            return self.region.is_ready("sweeper")
        return self.region.is_ready("worker") and len(self.region.running["worker"].pool()) == POOL

    def wait_for_work(self) -> None:
        """Wait until a roll-up has just begun, and a moment longer."""
        with contextlib.suppress(psycopg.Error, AssertionError), self.region.superuser() as connection:
            eventually(lambda: self._has_fresh_lease(connection), 3, pause=0.004)
            time.sleep(self.random.uniform(0, 0.03))

    @staticmethod
    def _has_fresh_lease(connection: psycopg.Connection[Any]) -> bool:
        row = connection.execute(
            "SELECT count(*) FROM region.rollup_schoolstate WHERE lease_until > clock_timestamp() + interval '29.5 s'"
        ).fetchone()
        return row is not None and row[0] > 0

    def look(self) -> None:
        """Note the roll-ups that died half-way: leases that nobody gives back."""
        with contextlib.suppress(psycopg.Error):
            rows = self.region.ask(
                "SELECT DISTINCT lease::text FROM region.rollup_schoolstate WHERE lease IS NOT NULL "
                "AND lease_until < clock_timestamp() + make_interval(secs => %(left)s)",
                {"left": 30 - ABANDONED_AFTER_SECONDS},
            )
            self.cut |= {lease for (lease,) in rows}

    # --- kills -------------------------------------------------------------------------------------------------------
    def kill_child(self) -> None:
        """One process of the pool."""
        self._kill_pids([self.random.choice(self.region.running["worker"].pool())])

    def kill_pool(self) -> None:
        """All processes of the pool; their parent makes new ones."""
        self._kill_pids(self.region.running["worker"].pool())

    def kill_worker(self) -> None:
        """The parent of the pool, whose orphans may work on for a moment beside its successor."""
        orphaned = self.region.running.pop("worker")
        orphaned.child.kill()
        self.region.start("worker")
        time.sleep(self.random.uniform(0, 0.5))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(orphaned.child.pid, signal.SIGKILL)
        orphaned.child.wait()

    def kill_group(self) -> None:
        """The worker with its pool."""
        self.region.kill("worker")
        self.region.start("worker")

    def kill_sweeper(self) -> None:
        """The sweeper."""
        self.region.kill("sweeper")
        self.region.start("sweeper")

    @staticmethod
    def _kill_pids(pids: list[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # --- outages -----------------------------------------------------------------------------------------------------
    def crash(self) -> None:
        """PostgreSQL stops immediately and recovers."""
        self.region.crash_database()
        self.did["PostgreSQL stopped immediately"] += 1

    def flush(self) -> None:
        """Everything in the broker is gone."""
        self.region.broker().flushall()
        self.did["FLUSHALL"] += 1

    def broker(self) -> None:
        """The broker itself is killed."""
        self.region.kill_broker()
        time.sleep(self.random.uniform(0, 2))
        self.region.start_broker()
        self.did["broker killed"] += 1

    def night(self) -> None:
        """Another night: every school awaits its audit again."""
        self.region.ask("UPDATE region.rollup_schoolstate SET audited_on = audited_on - 1 RETURNING 1")
        self.did["nights"] += 1


def stop_writers(writers: list[subprocess.Popen[str]]) -> Counter[str]:
    """Let the writers finish what they are at, and return what they did."""
    total: Counter[str] = Counter()
    for writer in writers:
        out, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        total.update(json.loads(out))
    return total


def deliveries(home: Path) -> tuple[int, int]:
    """Return how many messages of roll-ups there were, and how often one was worked on."""
    lines = [line.split() for line in (home / "started").read_text().splitlines()]
    messages = [message for message, name in lines if name == "reports.rollup.roll_up"]
    return len(set(messages)), len(messages)


def start_writers(region: RealRegion, seeds: range) -> list[subprocess.Popen[str]]:
    """Start writers, and return when they write."""
    writers = [region.python("tests.faults.edits", str(seed)) for seed in seeds]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    return writers


def repair(region: RealRegion, board: Board) -> tuple[oracle.Region, float]:
    """Wait until the figures are exact and stay so; return the rows, and the seconds since the last fault."""
    begin = time.monotonic()
    for name in ("worker", "sweeper"):
        if name not in region.running:
            region.start(name)
    rows = rows_of(region)

    def is_repaired() -> bool:
        region.revive()
        return not differences(board.read(), rows)

    eventually(is_repaired, REPAIRED_SECONDS, lambda: str(differences(board.read(), rows)))
    repaired = time.monotonic() - begin
    # Nothing that is still on its way may count anything twice.
    eventually(lambda: is_quiet(region), REPAIRED_SECONDS)
    time.sleep(2)
    assert differences(board.read(), rows) == []
    return rows, repaired


@pytest.mark.parametrize("kills", [8, 100])
def test_figures_are_exact_after_kills_floods_and_crashes(region: RealRegion, seed: int, kills: int) -> None:
    region.settings = "tests.faults.thrice"
    for name in ("worker", "sweeper"):
        region.start(name)
    region.wait_ready("worker", "sweeper")
    storm, edits, repaired = Storm(region, seed), Counter[str](), []
    begin = time.monotonic()
    # A loss is hidden by the next edit of the school: between rounds everything is compared.
    for first in range(0, kills, ROUND):
        writers = start_writers(region, range(seed + 2 * first, seed + 2 * first + 2))
        storm.rage(min(ROUND, kills - first))
        edits += stop_writers(writers)
        board = Board(region)
        rows, seconds = repair(region, board)
        repaired.append(seconds)
        settled = board.read()
        board.close()
    lasted = time.monotonic() - begin
    assert settled["waiting"] == 0
    assert live(region) == oracle.recount(rows, today())
    ((audited, false_cells),) = region.ask("SELECT sum(schools), sum(differences) FROM region.rollup_audit")

    sent, received = deliveries(region.home)
    done = sum(edits.values()) - edits["refused"] - edits["nothing to do"] - edits["database away"]
    people = sum(len(school.people) for school in rows.schools.values())
    twice = sum(settled["plain_sum"][code][1] - settled["region"][code][1] for code in settled["region"])
    print(f"P8 seed {seed}: {sum(storm.did[kind] for kind in KINDS)} kills {dict(storm.did)} in {lasted:.0f} s,")
    print(f"   {len(storm.cut)} roll-ups cut in the middle, {sent} messages worked on {received} times;")
    print(f"   {done} edits committed beside them {dict(edits)};")
    print(f"   {people} people of {len(rows.schools)} schools equal to the recount, {twice} counted once, not twice;")
    print(f"   repaired {', '.join(f'{one:.1f} s' for one in repaired)} after the last fault of each round;")
    print(f"   {audited} schools audited in between, {false_cells} cells wrong")
    assert false_cells == 0
    assert sum(storm.did[kind] for kind in KINDS) == kills
    assert done >= 5 * kills
    assert len(storm.cut) >= kills // 10, "the kills hit nobody at work: this proves nothing"
    assert received > 1.5 * sent, "hardly anything was delivered more than once: this proves nothing"
    assert audited >= kills // 4, "hardly anything was audited: this proves little"
    assert people > 300
    assert twice > 10
    assert max(repaired) <= REPAIRED_SECONDS
