"""Write one school into one file: `manage archive_school CODE FILE`."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.archive.asking import archive_to_file
from tenants.registry.models import School


class Command(BaseCommand):
    """Archive a school."""

    help = "Writes a school's data into FILE (mode 0600; it holds personal data), sealed and self-describing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the school and the file."""
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and print what was written.

        :raises CommandError: with exit code 2 when there is no such school, or the file exists or cannot be made.
        """
        try:
            written = archive_to_file(code=options["code"], target=options["file"], actor="archive_school")
        except School.DoesNotExist as error:
            raise CommandError(
                f"{options['code']}: there is no school with data under this code", returncode=2
            ) from error
        except FileExistsError as error:
            raise CommandError(f"{options['file']} exists: it is not written over", returncode=2) from error
        except (PermissionError, FileNotFoundError, NotADirectoryError) as error:
            whose = f"user {os.getuid()} must be able to write into an existing folder"
            raise CommandError(f"{options['file']} cannot be made: {whose}", returncode=2) from error
        rows = sum(entry.rows for entry in written.manifest.tables)
        answer = {"size_bytes": written.size_bytes, "sha256": written.sha256, "rows": rows}
        self.stdout.write(json.dumps({**answer, "files": len(written.manifest.files)}))
