"""Clones one region for each side and run, migrates it in a process of its own, compares what came out."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from tests.support.database import ROOT, clone, drop
from tests.support.more_migrations import COLUMN, INDEX, SET_STEP, write_more

# What is done, and how many times faster than the library it is promised to be.
LEAST = {"additive": 40.0, "data step": 20.0, "nothing to do": 100.0}
SIDES = ("library", "ours")


class Bench:
    """A region in the database ``base`` and the migrations of its two next versions."""

    def __init__(self, base: str, folder: Path) -> None:
        self.base = base
        additive = ("", f"{COLUMN}, {INDEX}")
        data = (SET_STEP, "migrations.RunPython(number)")
        self.versions = {
            "now": {},
            "additive": write_more(folder, "more_additive", more=additive),
            "data step": write_more(folder, "more_data", more=additive, data=data),
        }

    def work(self, database: str, version: str, *words: object) -> dict[str, object]:
        """Run a step of ``side`` as the migrator with the code of a version; return what it tells."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DOOR_LOGIN": "migrator",
            "TEST_DATABASE_NAME": database,
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            **self.versions[version],
        }
        command = [sys.executable, "-m", "tests.benchmarks.migrate.side", *map(str, words)]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        told: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return told

    def fill(self, schools: int, rows: int) -> None:
        """Bring the region to so many schools with so many consents each."""
        self.work(self.base, "now", "fill", schools, rows)

    def run(self, side: str) -> tuple[dict[str, float], object]:
        """Migrate a clone twice and once more for nothing; return seconds and a digest of what stands there."""
        database = f"{self.base}_{side}"
        clone(self.base, database)
        try:
            times = {}
            for version in ("additive", "data step"):
                times[version] = float(str(self.work(database, version, side)["seconds"]))
            times["nothing to do"] = float(str(self.work(database, "data step", side)["seconds"]))
            if side == "ours":
                told = self.work(database, "data step", "verify")
                times["catalogues compared"] = float(str(told["seconds"]))
            return times, self.work(database, "data step", "digest")["digest"]
        finally:
            drop(database)

    def compare(self, runs: int, schools: int) -> int:
        """Take the sides in turn; print medians and ratios; 0 when every promise is kept."""
        times: dict[str, dict[str, list[float]]] = {side: {} for side in SIDES}
        for number in range(runs):
            digests = {}
            for side in SIDES if number % 2 else reversed(SIDES):
                taken, digests[side] = self.run(side)
                for what, seconds in taken.items():
                    times[side].setdefault(what, []).append(seconds)
            assert digests["ours"] == digests["library"], "two ways, two results"
        return self._table(times, runs, schools)

    @staticmethod
    def _table(times: dict[str, dict[str, list[float]]], runs: int, schools: int) -> int:
        print(f"\n{schools} schools, medians of {runs} alternating runs; catalogues and rows equal in every run")
        print(f"{'':16} {'migrate_schemas':>16} {'ours':>12} {'a school':>10} {'ratio':>8} {'compared':>9}")
        shares = []
        # What migrate_schools does besides, and the library never: look whether each catalogue became the canary's.
        extra = statistics.median(times["ours"]["catalogues compared"])
        for what, least in LEAST.items():
            library, ours = (statistics.median(times[side][what]) for side in SIDES)
            shares.append(library / ours / least)
            compared = library / (ours + (0 if what == "nothing to do" else extra))
            print(
                f"{what:16} {library:14.2f} s {1000 * ours:9.1f} ms {1000 * ours / schools:7.2f} ms "
                f"{library / ours:8.1f} {compared:9.1f}  promised ≥ {least:g}: "
                f"{'kept' if shares[-1] >= 1 else 'NOT KEPT'}"
            )
        print(f"catalogues of all schools compared afterwards: {1000 * extra:.0f} ms (in «compared», not in «ratio»)")
        print(f"ratio={min(shares):.2f}")
        return int(min(shares) < 1)

    def alone(self, schools: int) -> None:
        """Show our side with many schools."""
        times, _ = self.run("ours")
        told = ", ".join(f"{what} {seconds:.2f} s" for what, seconds in times.items())
        print(f"{schools} schools, ours alone: {told}")
