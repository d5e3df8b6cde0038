"""A small and a large region, each on a server of its own, measured in turn: the machine is as busy for both."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from tests.support.database import ROOT

LEAST = {"script": 7.0, "spare": 300.0}
# A school costs the same in a large region, give or take.
EQUAL = 1.30
TOLD = {
    "library": "django-tenants: School(…).save(), Domain(…).save()",
    "script": "ours: create_school, then provision by the script",
    "spare": "ours: create_school with a spare in the pool",
}


class Region:
    """A region on the server of this address, in a process of the migrator."""

    def __init__(self, superuser_url: str, database: str, schools: int) -> None:
        self.schools = schools
        self.times: dict[str, list[float]] = {}
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DOOR_LOGIN": "migrator",
            "TEST_DATABASE_SUPERUSER_URL": superuser_url,
            "TEST_DATABASE_NAME": database,
            "TEST_SPARE_SCHOOLS": "5",
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.provision.measure", database, str(schools)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def answer(self) -> Any:
        """Return what the process says next.

        :raises RuntimeError: when it has died.
        """
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the region of {self.schools} schools has died")
        return json.loads(line)

    def measure(self, order: str, *, keep: bool) -> None:
        """Take each way once; the first round only warms."""
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        for way, seconds in self.answer().items():
            if keep:
                self.times.setdefault(way, []).extend(seconds)

    def medians(self) -> dict[str, float]:
        """Return seconds by way."""
        return {way: statistics.median(taken) for way, taken in self.times.items()}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


def compare(small: Region, large: Region, runs: int) -> int:
    """Measure both in turn, print the table; 0 when every promise is kept."""
    for region in (small, large):
        region.answer()
        print(f"a region of {region.schools} stands ready", flush=True)
    for number in range(runs + 1):
        order = "forwards" if number % 2 else "backwards"
        for region in (small, large) if number % 2 else (large, small):
            region.measure(order, keep=number > 0)
    return _table(small, large, runs)


def _table(small: Region, large: Region, runs: int) -> int:
    """Print medians and ratios."""
    medians = [small.medians(), large.medians()]
    kept = True
    print(f"\na new school, medians of {runs} alternating runs; fingerprints equal in every run")
    print(f"{'':54} {'1 school':>12} {f'{large.schools} schools':>14}")
    for way, told in TOLD.items():
        print(f"{told:54} {1000 * medians[0][way]:9.2f} ms {1000 * medians[1][way]:11.2f} ms")
    for way, least in LEAST.items():
        ratios = [found["library"] / found[way] for found in medians]
        grown = medians[1][way] / medians[0][way]
        is_kept = min(ratios) >= least and grown <= EQUAL
        kept &= is_kept
        print(
            f"{way:8} faster {ratios[0]:6.1f} and {ratios[1]:6.1f} times (promised ≥ {least:g}), "
            f"large to small {grown:.2f} (promised ≤ {EQUAL}): {'kept' if is_kept else 'NOT KEPT'}"
        )
    print(f"ratio={min(found['library'] / found['script'] for found in medians):.2f}")
    return 0 if kept else 1
