"""The provisioner's part of a restore: an empty schema for the school; run as the migrator by `restore_school`."""

from __future__ import annotations

import json
import sys
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.provisioning.archive.restoring import migrate_place, prepare_place


class Command(BaseCommand):
    """Prepare a place."""

    help = "Makes the schema of a school that is being restored; `restore_school` starts it itself."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the school, and the second half of the work."""
        parser.add_argument("school_id", type=UUID)
        parser.add_argument("--migrate", action="store_true", help="bring the filled school to this code's migrations")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or migrate; the migrations to stop at come on standard input, as JSON."""
        if settings.DOOR_LOGIN != "migrator":
            raise CommandError("schemas are made under the migrator's login: set DOOR_LOGIN=migrator")
        if options["migrate"]:
            migrate_place(options["school_id"])
        else:
            prepare_place(options["school_id"], json.load(sys.stdin)["migrations"])
