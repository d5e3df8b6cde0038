"""P20: a hundred times the load of a school in one of them; the others go on as before.

Quiet and loud times alternate on the same processes, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import os
import time
from collections import Counter

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


def test_a_hundredfold_load_in_one_school_slows_nobody_else() -> None:
    told: dict[str, list[Answer]] = {"quiet": [], "loud": []}
    refused: Counter[int] = Counter()
    with installation(SCHOOLS, services=("web",)) as running:
        loud, *others = sorted(running.schools)
        one = OTHERS_RATE / len(others)
        for number in range(2 * ROUNDS + 1):
            kind = "loud" if number % 2 else "quiet"
            rate, people = (one * TIMES, 24) if kind == "loud" else (one, 2)
            all_others = visit(running, others, OTHERS_RATE, number, 12)
            loud_one = visit(running, [loud], rate, number, people)
            time.sleep(SECONDS)
            loud_one.stop()
            all_others.stop()
            # The first time warms everything up.
            told[kind] += all_others.answers if number else []
            if kind == "loud":
                refused.update(answer.status for answer in loud_one.answers)
            assert not [answer for answer in loud_one.answers if "FOREIGN" in answer.fault]
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
