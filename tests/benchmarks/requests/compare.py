"""Drives the two sides in turn and prints their medians and the ratio."""

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
PAGES = {"trivial": (1500, 0.80), "list": (150, 0.95)}


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
    parser.add_argument("--rounds", type=int, default=7)
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
    sides = {name: Side(name, database) for name in ("ours", "plain")}
    worst = 0
    ratios = []
    print(f"{'page':10} {'ours, req/s':>12} {'plain, req/s':>13} {'ratio':>7} {'promise':>8}")
    try:
        for page, (times, least) in PAGES.items():
            rates: dict[str, list[float]] = {name: [] for name in sides}
            for side in sides.values():
                side.ask(page, max(20, times // 10))
            for number in range(rounds):
                order = list(sides) if number % 2 else list(reversed(sides))
                answers = {name: sides[name].ask(page, times) for name in order}
                if answers["ours"]["digest"] != answers["plain"]["digest"] or answers["ours"]["status"] != 200:
                    print(f"{page}: the two sides do not answer the same: {answers}")
                    return 1
                for name, answer in answers.items():
                    rates[name].append(times / float(str(answer["seconds"])))
            ours, plain = statistics.median(rates["ours"]), statistics.median(rates["plain"])
            ratios.append(ours / plain / least)
            print(f"{page:10} {ours:12.0f} {plain:13.0f} {ours / plain:7.3f} {'≥ ' + str(least):>8}")
            worst = max(worst, int(ours / plain < least))
            last = ours / plain
    finally:
        for side in sides.values():
            side.stop()
    print(f"ratio={last:.3f}")
    return worst
