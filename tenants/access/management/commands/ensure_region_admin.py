"""Make the first administrator of the region unless there is one."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from core.accounts.models import User
from core.tenancy import region


class Command(BaseCommand):
    """Create an administrator when nobody is one; a second run changes nothing and prints nothing."""

    help = "Creates the first administrator of the region, if there is none; prints the account as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, then create."""
        with region():
            is_there = User.objects.filter(is_active=True, grants__role="region_admin").exists()
        if not is_there:
            call_command("create_region_admin", stdout=self.stdout)
