"""Another pepper: `DOOR_LOGIN=migrator manage rotate_pepper`, with the former one in PERSON_KEY_PEPPER_FORMER."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from core.tenancy import region
from reports.rollup.rotation import rotate_schools, schools_with_people, settle
from tenants.registry.installation import ForeignPepperError, RotationUnfinishedError, begin_rotation


class Command(BaseCommand):
    """Compute all keys of people anew under PERSON_KEY_PEPPER."""

    help = "Replaces the former pepper by PERSON_KEY_PEPPER in every school; everything else must be stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the way past sessions that are known to be idle."""
        parser.add_argument(
            "--even-if-connected", action="store_true", help="though other sessions of the platform are open"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate; safe to repeat, and to be run again after it was killed.

        :raises CommandError: under another login, with other processes at work, or with a pepper that does not fit.
        """
        if settings.DOOR_LOGIN != "migrator":
            raise CommandError("the pepper is changed under the migrator's login: set DOOR_LOGIN=migrator")
        if not settings.PERSON_KEY_PEPPER_FORMER:
            raise CommandError("give the former pepper in PERSON_KEY_PEPPER_FORMER, the new one in PERSON_KEY_PEPPER")
        with region():
            others = 0 if options["even_if_connected"] else _others()
            if others:
                raise CommandError(f"{others} sessions of the platform are open: stop web, worker and sweeper first")
            try:
                begun = begin_rotation(settings.PERSON_KEY_PEPPER_FORMER)
            except (ForeignPepperError, RotationUnfinishedError) as error:
                raise CommandError(str(error)) from None
            schools = schools_with_people()
        if not begun:
            self.stdout.write("the pepper is this region's already")
            return
        people = sum(rotate_schools(schools))
        settle()
        self.stdout.write(f"keys of {people} people in {len(schools)} schools are under the new pepper")


def _others() -> int:
    """Return how many sessions of the application's login are open on this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_catalog.pg_stat_activity "
            "WHERE datname = current_database() AND usename = %s AND pid <> pg_catalog.pg_backend_pid()",
            [settings.DOOR_APP_LOGIN],
        )
        return int(cursor.fetchone()[0])
