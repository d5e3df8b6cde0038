"""P20: a hundred times the load of a school in one of them; the others go on as before.

Quiet and loud times alternate on the same processes, so that whatever else the machine does falls on both. The loud
school's visitors are a process of their own, on the same two cores: in one process they would keep the other visitors
from reading their answers, which is no work of the product.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import Counter
from dataclasses import replace
from multiprocessing.connection import Connection

import pytest

from tests.benchmarks.soak.installation import Installation, installation
from tests.benchmarks.soak.run import percentile
from tests.benchmarks.soak.traffic import READS, Answer, Visitors

pytestmark = pytest.mark.nightly

SCHOOLS = 12
ROUNDS = 3
SECONDS = float(os.environ.get("LOUD_SECONDS", "45"))
OTHERS_RATE = 5.5
TIMES = 100
PROMISE = 1.10


def visit(running: Installation, codes: list[str], rate: float, seed: int, people: int) -> Visitors:
    """Let people of these schools come at a rate."""
    some = {code: running.schools[code] for code in codes}
    made = Visitors(running.port, some, running.region, rate, people=people, seed=seed, acts=READS)
    made.start()
    return made


def come_loudly(line: Connection, running: Installation, code: str, rate: float, seed: int) -> None:
    """Let a school's people come at a rate until told to stop; send their answers. A process of its own."""
    line.send("here")
    visitors = visit(running, [code], rate, seed, 24)
    line.recv()
    visitors.stop()
    line.send([(answer.status, answer.fault) for answer in visitors.answers])


def test_a_hundredfold_load_in_one_school_slows_nobody_else() -> None:
    told: dict[str, list[Answer]] = {"quiet": [], "loud": []}
    refused: Counter[int] = Counter()
    spawning = multiprocessing.get_context("spawn")
    with installation(SCHOOLS, services=("web",)) as running:
        loud, *others = sorted(running.schools)
        one = OTHERS_RATE / len(others)
        for number in range(2 * ROUNDS + 1):
            kind = "loud" if number % 2 else "quiet"
            here, there = multiprocessing.Pipe()
            rate = one * TIMES if kind == "loud" else one
            # The same visits in the same order, once loud and once quiet: which pages come decides about p95.
            seed = (number + 1) // 2
            apart = replace(running, processes={})
            loud_one = spawning.Process(target=come_loudly, args=(there, apart, loud, rate, seed))
            loud_one.start()
            assert here.recv() == "here"
            all_others = visit(running, others, OTHERS_RATE, seed, 12)
            time.sleep(SECONDS)
            here.send("stop")
            of_the_loud = here.recv()
            loud_one.join()
            all_others.stop()
            # The first time warms everything up.
            told[kind] += all_others.answers if number else []
            if kind == "loud":
                refused.update(status for status, _fault in of_the_loud)
            assert not [fault for _status, fault in of_the_loud if "FOREIGN" in fault]
    faults = [answer.fault for answers in told.values() for answer in answers if answer.fault]
    assert faults == []
    seconds = {kind: [answer.seconds for answer in answers] for kind, answers in told.items()}
    p50, p95 = ({kind: percentile(values, per_cent) for kind, values in seconds.items()} for per_cent in (50, 95))
    ratio = p95["loud"] / p95["quiet"]
    print(
        f"P20: {len(seconds['quiet'])} + {len(seconds['loud'])} answers of {len(others)} schools, median "
        f"{p50['quiet'] * 1000:.0f} → {p50['loud'] * 1000:.0f} ms, p95 {p95['quiet'] * 1000:.0f} → "
        f"{p95['loud'] * 1000:.0f} ms, ratio {ratio:.3f}; the loud school, {one * TIMES:.0f} a second: {dict(refused)}"
    )
    assert refused[429] > refused[200]
    assert ratio <= PROMISE
