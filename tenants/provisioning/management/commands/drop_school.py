"""Drop the data of a closed school for good: `manage drop_school CODE`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.dropping import drop_school
from tenants.provisioning.runner import NoProvisionerError, as_provisioner
from tenants.registry.errors import StateError
from tenants.registry.models import School


class Command(BaseCommand):
    """Drop a school's data."""

    help = "Drops schema and role of a closed school; its row in the register and frozen figures stay."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the school and the consent of whoever types."""
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("--yes", action="store_true", help="I hold the archive, or nobody needs these data")

    def handle(self, *args: Any, **options: Any) -> None:
        """Drop.

        :raises CommandError: with exit code 2 without consent, for an unknown school or one that is not closed; with
            1 when nobody here may drop schemas.
        """
        if not options["yes"]:
            raise CommandError("the data go for good: archive_school first, then say --yes", returncode=2)
        try:
            if settings.DOOR_LOGIN == "migrator":
                drop_school(code=options["code"], actor="drop_school")
            else:
                as_provisioner("drop_school", options["code"], "--yes")
        except School.DoesNotExist as error:
            raise CommandError(f"{options['code']}: there is no such school", returncode=2) from error
        except StateError as error:
            raise CommandError(str(error), returncode=2) from error
        except NoProvisionerError as error:
            raise CommandError(str(error)) from error
