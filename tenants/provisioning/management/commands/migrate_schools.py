"""Bring every school's schema to this code's migrations; run as the migrator (DOOR_LOGIN=migrator)."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.provisioning.fleet import migrate_fleet

# The exit code for single schools that failed while most are done; ``deploy`` starts the platform all the same.
SINGLE_SCHOOLS_FAILED: Final = 3


class Command(BaseCommand):
    """Migrate the fleet."""

    help = "Migrates schools and spares that are behind, up to ten to a transaction; needs DOOR_LOGIN=migrator."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the one switch."""
        parser.add_argument("--no-verify", action="store_true", help="do not compare catalogues afterwards")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; a school that fails is named and does not stop the others.

        :raises CommandError: with ``SINGLE_SCHOOLS_FAILED`` when most schools are done; with 1 when the migration is at
            fault, not single schools.
        """
        if settings.DOOR_LOGIN != "migrator":
            raise CommandError("migrations run under the migrator's login: set DOOR_LOGIN=migrator")
        report = migrate_fleet(verify=not options["no_verify"])
        for schema, kind in report.failed.items():
            self.stderr.write(f"{schema}: {kind}")
        for schema in report.differing:
            self.stderr.write(f"{schema}: its catalogue differs from the others'")
        if report.is_stopped:
            raise CommandError("the migration fails in one school after another: the rest were left as they are")
        if report.failed:
            raise CommandError(
                f"{len(report.failed)} schools were not migrated, {len(report.migrated)} were",
                returncode=SINGLE_SCHOOLS_FAILED if report.has_set_single_ones_aside else 1,
            )
        told = f"{len(report.migrated)} schools were migrated, all are up to date"
        if report.differing:
            told += f", but {len(report.differing)} have other catalogues than the rest: look at what differs there"
        self.stdout.write(told)
