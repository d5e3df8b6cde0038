"""Coverage of any day as JSON: `manage coverage --as-of 2026-10-31 --json`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy import rollup
from reports.rollup.live import Coverage, Figures, coverage_as_of
from reports.rollup.sources import rules_now, sources
from tenants.registry.models import District


class Command(BaseCommand):
    """Print coverage."""

    help = "Counts coverage of a day from the facts, for schools, districts and the region; needs no worker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the day and the form of the answer."""
        parser.add_argument("--as-of", required=True, help="the day, as 2026-10-31")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print.

        :raises CommandError: with exit code 2 when the day is no date.
        """
        try:
            day = date.fromisoformat(options["as_of"])
        except ValueError as error:
            raise CommandError(f"--as-of: {error}", returncode=2) from error
        answer = self._answer(day)
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for level in ("schools", "districts"):
            for name, figures in answer[level].items():
                self._line(name, figures)
        self._line("region", answer["region"])

    def _line(self, name: str, figures: dict[str, list[int]]) -> None:
        told = "  ".join(f"{code} {num}/{den}" for code, (num, den) in figures.items())
        self.stdout.write(f"{name}: {told}")

    def _answer(self, day: date) -> dict[str, Any]:
        with rollup():
            rules, schools = rules_now(), sources(day)
            districts = list(District.objects.order_by("title").values_list("id", "title"))
            coverage: Coverage = coverage_as_of(day, rules, schools)
        nothing = {rule.code: [0, 0] for rule in rules}
        return {
            "as_of": day.isoformat(),
            "schools": {school.code: _pairs(coverage.schools[school.id]) for school in schools},
            "districts": {
                title: _pairs(coverage.districts[pk].figures) if pk in coverage.districts else nothing
                for pk, title in districts
            },
            "region": _pairs(coverage.region.figures),
        }


def _pairs(figures: Figures) -> dict[str, list[int]]:
    return {code: [figure.num, figure.den] for code, figure in figures.items()}
