"""Complete every school that is still being created; run as the migrator (DOOR_LOGIN=migrator)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.services import provision_pending


class Command(BaseCommand):
    """Provision what is pending."""

    help = "Makes schools in state «creating» ready; needs DOOR_LOGIN=migrator."

    def handle(self, *args: Any, **options: Any) -> None:
        """Provision and name the schools that became ready."""
        if settings.DOOR_LOGIN != "migrator":
            raise CommandError("provisioning runs under the migrator's login: set DOOR_LOGIN=migrator")
        for code in provision_pending():
            self.stdout.write(code)
