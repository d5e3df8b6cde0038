"""Drives the two sides in turn and prints their medians, and the median of the ratios of neighbouring runs."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import uuid
from pathlib import Path

from tests.support.database import clone, drop, ensure_template

ROOT = Path(__file__).resolve().parents[3]
# page: (requests in a run, least ratio to plain Django)
PAGES = {"trivial": (100, 0.80), "list": (6, 0.95)}
# A run is a quarter of a second and is compared with its neighbour, so that a busy second of the machine meets both
# sides; and each sitting has processes of its own: two processes of one side differ by a tenth, by where their memory
# happens to lie.
SITTINGS = 7


class Side:
    """One process that answers requests: ``ours`` or ``plain``."""

    def __init__(self, name: str, database: str) -> None:
        environment = {
            **os.environ,
            "BENCH_SIDE": name,
            "TEST_DATABASE_NAME": database,
            "DJANGO_SETTINGS_MODULE": f"tests.benchmarks.requests.{name}_settings",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.requests.side"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, page: str, times: int) -> dict[str, object]:
        """Run a page some times; return ``{"seconds": float, "digest": str, "status": int}``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([page, times]) + "\n")
        self.process.stdin.flush()
        answer: dict[str, object] = json.loads(self.process.stdout.readline())
        return answer

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=10)


def main(arguments: list[str]) -> int:
    """Run the benchmark; 0 when every page keeps its ratio."""
    parser = argparse.ArgumentParser(prog="bench requests")
    parser.add_argument("--rounds", type=int, default=20, help="alternating runs of a sitting")
    parser.add_argument("--people", type=int, default=500)
    options = parser.parse_args(arguments)
    database = f"bench_requests_{uuid.uuid4().hex[:8]}"
    clone(ensure_template(), database)
    try:
        subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.requests.populate", str(options.people)],
            cwd=ROOT,
            env={
                **os.environ,
                "TEST_DATABASE_NAME": database,
                "DJANGO_SETTINGS_MODULE": "config.settings.test",
                "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            },
            check=True,
        )
        return _measure(database, options.rounds)
    finally:
        drop(database)


def _measure(database: str, rounds: int) -> int:
    rates: dict[str, dict[str, list[float]]] = {page: {"ours": [], "plain": []} for page in PAGES}
    for _ in range(SITTINGS):
        sides = {name: Side(name, database) for name in ("ours", "plain")}
        try:
            for page in PAGES:
                if not _sit(sides, page, rounds, rates[page]):
                    return 1
        finally:
            for side in sides.values():
                side.stop()
    return _report(rates)


def _sit(sides: dict[str, Side], page: str, rounds: int, rates: dict[str, list[float]]) -> bool:
    """Warm up and run a page on both sides in turn; False when they do not answer the same."""
    times, _least = PAGES[page]
    for side in sides.values():
        side.ask(page, max(20, times // 10))
    for number in range(rounds):
        order = list(sides) if number % 2 else list(reversed(sides))
        answers = {name: sides[name].ask(page, times) for name in order}
        if answers["ours"]["digest"] != answers["plain"]["digest"] or answers["ours"]["status"] != 200:
            print(f"{page}: the two sides do not answer the same: {answers}")
            return False
        for name, answer in answers.items():
            rates[name].append(times / float(str(answer["seconds"])))
    return True


def _report(rates: dict[str, dict[str, list[float]]]) -> int:
    worst = 0
    print(f"{'page':10} {'ours, req/s':>12} {'plain, req/s':>13} {'ratio':>7} {'promise':>8}")
    for page, (_times, least) in PAGES.items():
        ours, plain = (statistics.median(rates[page][name]) for name in ("ours", "plain"))
        ratio = statistics.median(
            one / other for one, other in zip(rates[page]["ours"], rates[page]["plain"], strict=True)
        )
        print(f"{page:10} {ours:12.0f} {plain:13.0f} {ratio:7.3f} {'≥ ' + str(least):>8}")
        worst = max(worst, int(ratio < least))
    print(f"ratio={ratio:.3f}")
    return worst
