"""Migrate the region's schema and every school's; run as the migrator (DOOR_LOGIN=migrator)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.management.commands.migrate_schools import SINGLE_SCHOOLS_FAILED
from tenants.provisioning.pool import fill_pool
from tenants.provisioning.schema import migrate_region_schema
from tenants.registry.installation import ForeignPepperError, RotationUnfinishedError


class Command(BaseCommand):
    """Migrate region, then schools."""

    help = "Migrates the region's schema and the schemas of all schools; needs DOOR_LOGIN=migrator."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; a school that fails is named at the end and does not stop the others.

        :raises CommandError: with the code of ``migrate_schools``; with 1 when the region itself is not done.
        """
        if settings.DOOR_LOGIN != "migrator":
            raise CommandError("migrations run under the migrator's login: set DOOR_LOGIN=migrator")
        try:
            migrate_region_schema()
        except (ForeignPepperError, RotationUnfinishedError) as error:
            raise CommandError(str(error)) from None
        aside = None
        try:
            call_command("migrate_schools", stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            if error.returncode != SINGLE_SCHOOLS_FAILED:
                raise
            aside = error
        fill_pool()
        if aside is not None:
            raise aside
