"""Build the demonstration region from files, by the product's own provisioning, import and roll-up."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.events.models import Mark
from core.tenancy import region
from deploy.demo.accounts import furnish
from deploy.demo.build import write_demo_region
from deploy.demo.clearances import keep_papers
from deploy.demo.lives import live
from deploy.demo.routine import work_in_pairs
from deploy.demo.training import teach_mentors
from deploy.demo.years import begin_years
from reports.rollup.selectors import freshness
from schools.imports.region_folder import load_region
from tenants.registry.models import Region

_SEED = 1


class Command(BaseCommand):
    """Bring the demonstration region up; again: resumes, and changes nothing twice."""

    help = "Builds the demo region on this instance from Excel files it generates."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare how long to wait for the roll-up."""
        parser.add_argument("--wait", type=float, default=120.0, help="seconds to wait for the roll-up; 0: do not wait")

    def handle(self, *args: Any, **options: Any) -> None:
        """Generate, load, make accounts, wait for the figures."""
        home = Path(os.environ["MENTORING_HOME"])
        started = time.monotonic()
        folder = home / "demo"
        demo = write_demo_region(folder, today=self._day(folder), seed=_SEED)
        self._refuse_another_region(demo.name)
        self._say(started, f"files of {len(demo.schools)} schools are written to {folder}")
        answer = load_region(folder)
        imported = sum(1 for row in answer["schools"].values() if row.get("imported"))
        self._say(started, f"{len(answer['schools'])} schools are ready, {imported} imports applied")
        self._say(started, f"{begin_years(demo.schools, self._day(folder))} programme years begun")
        self._say(started, f"{furnish(home, demo)} accounts made")
        self._say(started, f"{live(self._day(folder), seed=_SEED)} schools brought through their year")
        worked = work_in_pairs(demo.schools, self._day(folder), seed=_SEED)
        self._say(started, f"pairs of {worked} other schools have met")
        self._say(started, f"{keep_papers(self._day(folder))} schools keep papers of mentors from outside")
        self._say(started, f"mentors of {teach_mentors(self._day(folder))} schools were taught")
        # Those who have been proposed to by now.
        self._say(started, f"{furnish(home, demo)} more accounts made")
        self._wait_for_figures(options["wait"])
        self._say(started, "the figures are rolled up")

    def _say(self, started: float, text: str) -> None:
        self.stderr.write(f"[{time.monotonic() - started:6.1f}s] {text}")

    @staticmethod
    def _refuse_another_region(title: str) -> None:
        with region():
            other = Region.objects.exclude(title=title).values_list("title", flat=True).first()
        if other is not None:
            raise CommandError(f"this instance holds another region ({other}): set MENTORING_HOME to a new folder")

    @staticmethod
    def _day(folder: Path) -> date:
        """Return the day the demonstration was first built on: the files must not change under a second run."""
        note = folder / "day.json"
        if not note.exists():
            folder.mkdir(parents=True, exist_ok=True)
            note.write_text(json.dumps({"day": timezone.localdate().isoformat()}), encoding="utf-8")
        return date.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["day"])

    @staticmethod
    def _wait_for_figures(seconds: float) -> None:
        """Wait until the running sweeper and worker have rolled every school up.

        :raises CommandError: when they have not within the time: without them no figure will ever come.
        """
        deadline = time.monotonic() + seconds
        while seconds:
            with region():
                fresh = freshness(timezone.localdate())
                waiting = fresh.schools_waiting or Mark.objects.count()
                if not waiting and fresh.computed_at is not None:
                    return
            if time.monotonic() > deadline:
                raise CommandError(f"{waiting} schools still wait for their figures: is the sweeper running?")
            time.sleep(0.3)
