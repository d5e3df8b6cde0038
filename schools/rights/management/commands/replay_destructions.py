"""After restoring an older copy: `manage replay_destructions`."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy import region
from tenants.provisioning.models import SchoolSchema
from tenants.tombstones.journal import Buried, read_journal
from tenants.tombstones.services import journal_everything, missing_here, replay


class Command(BaseCommand):
    """Destroy again whatever the database has again, and complete table and journal from each other."""

    help = "Destroys again, in every school, whom a restored copy has brought back. Safe to repeat."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare another journal than the region's own."""
        parser.add_argument("--journal", type=Path, help="the journal of tombstones; default: TOMBSTONES_FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through every school that has a schema.

        A tombstone that the database lacks comes into it together with its destruction: killed on the way, the command
        leaves the others lacking, and the start-up check goes on refusing.

        :raises CommandError: when the journal that was named is not there, or cannot be read.
        """
        if options["journal"] is not None and not options["journal"].exists():
            raise CommandError("there is no such journal")
        try:
            told = read_journal(options["journal"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        missing: dict[str, list[Buried]] = defaultdict(list)
        with region():
            for row in missing_here(told):
                missing[row.school_schema].append(row)
            schemas = list(SchoolSchema.objects.filter(is_spare=False).values_list("schema_name", flat=True))
        people = sum(replay(schema, missing=missing.pop(schema, ())) for schema in schemas)
        with region():
            # Of schools that are not here: whoever restores one of them finds these.
            for row in (row for rows in missing.values() for row in rows):
                row.row().save(force_insert=True)
        added = journal_everything()
        self.stdout.write(f"{people} people destroyed again, {added} tombstones added to the journal")
