"""Make an administrator of the region; prints the account as JSON."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Create one administrator; ``--renew`` is the way back in when everybody has lost theirs."""

    help = "Creates an administrator of the region; prints login, password and TOTP secret as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments."""
        parser.add_argument("--login", default="admin")
        parser.add_argument("--name", default="Администратор региона")
        parser.add_argument("--password", default="", help="drawn at random when empty")
        parser.add_argument("--renew", action="store_true", help="new password and second factor for a known login")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create."""
        wanted = {key: options[key] for key in ("login", "name", "password", "renew")}
        call_command("create_account", host="region", role="region_admin", stdout=self.stdout, **wanted)
