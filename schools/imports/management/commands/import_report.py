"""What the applied imports of a school came to: `manage import_report CODE --json`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy import region, school
from schools.imports.selectors import import_report
from tenants.registry.models import School


class Command(BaseCommand):
    """Print the report of imports."""

    help = "Prints refused rows and counts over all applied imports of a school."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the school and the form of the answer."""
        parser.add_argument("code", help="the school's code")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print.

        :raises CommandError: with exit code 2 when no school that counts (ready or suspended) has the code.
        """
        with region():
            counts = School.objects.filter(state__in=(School.State.READY, School.State.SUSPENDED))
            schema = counts.filter(code=options["code"]).values_list("schema_name", flat=True).first()
        if not schema:
            raise CommandError(f"no school at work or suspended has the code {options['code']}", returncode=2)
        with school(schema):
            report = import_report()
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        people = report["people"]
        self.stdout.write(f"pupils {people['pupils']}, teachers {people['teachers']}")
        self.stdout.write(f"pairs {report['pairs']}, consents {report['consents']}")
        for row in report["rows_refused"]:
            self.stdout.write(f"{row['file']} / {row['sheet']} / {row['row']}: {row['why']}")
