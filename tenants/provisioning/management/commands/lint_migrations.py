"""Say what a release's migrations of schools do that a release may not; exit 1 when there is anything."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.provisioning.linter import findings, newest


class Command(BaseCommand):
    """Lint the migrations."""

    help = "Checks that the migrations of schools only add: expand, migrate, contract in separate releases."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch of a release."""
        parser.add_argument("--released", action="store_true", help="print what RELEASED is from this release on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each finding."""
        if options["released"]:
            for app, name in newest().items():
                self.stdout.write(f'    "{app}": "{name}",')
            return
        found = findings()
        for finding in found:
            self.stdout.write(str(finding))
        if found:
            raise CommandError(f"{len(found)} findings")
