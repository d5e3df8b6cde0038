"""Migrate the region's schema and every school's; run as the migrator (DOOR_LOGIN=migrator)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.tenancy import region
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.pool import fill_pool
from tenants.provisioning.schema import migrate_region_schema, migrate_school_schema
from tenants.registry.installation import ForeignPepperError
from tenants.registry.models import School


class Command(BaseCommand):
    """Migrate region, then schools."""

    help = "Migrates the region's schema and the schemas of all schools; needs DOOR_LOGIN=migrator."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; a school that fails is named at the end and does not stop the others."""
        if settings.DOOR_LOGIN != "migrator":
            raise CommandError("migrations run under the migrator's login: set DOOR_LOGIN=migrator")
        try:
            migrate_region_schema()
        except ForeignPepperError as error:
            raise CommandError(str(error)) from None
        with region():
            schemas = list(
                School.objects.filter(state__in=[School.State.READY, School.State.SUSPENDED]).values_list(
                    "schema_name", flat=True
                )
            )
            schemas += SchoolSchema.objects.filter(is_spare=True).values_list("schema_name", flat=True)
        failed = []
        for schema in schemas:
            try:
                migrate_school_schema(schema)
            except Exception as error:  # noqa: BLE001  one broken school must not stop the rest
                failed.append(schema)
                self.stderr.write(f"{schema}: {type(error).__name__}")
        if failed:
            raise CommandError(f"{len(failed)} of {len(schemas)} schools were not migrated")
        fill_pool()
        self.stdout.write(f"region and {len(schemas)} schools are up to date")
