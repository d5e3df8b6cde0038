"""Restore a school from its archive: `manage restore_school FILE [--code CODE]`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.archive.restoring import restore_school
from tenants.provisioning.errors import ArchiveRefusedError, CodeTakenError
from tenants.provisioning.runner import NoProvisionerError


class Command(BaseCommand):
    """Restore a school."""

    help = "Restores a school beside the others; --code makes a copy under another code. Killed, it is run again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the file and the code."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--code", default="", help="the code of the restored school; the archive's own if not given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore and print what came back, and what was never in the archive.

        :raises CommandError: with exit code 2 when the archive or the code is refused; with 1 when nobody can make
            schemas.
        """
        try:
            restored = restore_school(options["file"], code=options["code"].strip().lower(), actor="restore_school")
        except (ArchiveRefusedError, CodeTakenError) as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except NoProvisionerError as error:
            raise CommandError(str(error)) from error
        answer: dict[str, Any] = {"code": restored.school.code, "rows": restored.rows, "files": restored.files}
        answer |= {"is_copy": restored.is_copy, "left_out": dict(restored.left_out)}
        self.stdout.write(json.dumps(answer))
