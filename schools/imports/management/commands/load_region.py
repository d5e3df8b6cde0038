"""Load a region's folder: `manage load_region DIR`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from schools.imports.region_folder import RegionRefusedError, load_region
from tenants.provisioning.runner import NoProvisionerError


class Command(BaseCommand):
    """Load region.json and the workbooks beside it."""

    help = "Makes the schools of DIR/region.json and imports their workbooks; twice changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the folder."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="accepted for likeness: the answer is always JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and print what happened.

        :raises CommandError: with exit code 2 when the folder, or a workbook, is refused; with 1 when schools cannot be
            made.
        """
        try:
            answer = load_region(options["folder"])
        except RegionRefusedError as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except NoProvisionerError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if answer["files_refused"]:
            told = ", ".join(f"{item['school']}/{item['file']}: {item['why']}" for item in answer["files_refused"])
            raise CommandError(told, returncode=2)
