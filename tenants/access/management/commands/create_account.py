"""Make an account on the region's host or a school's, ready to sign in; prints it as JSON."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser
from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.accounts.errors import AccountError
from core.accounts.models import User
from core.accounts.services.provision import create_account_with_totp, renew_account
from core.authz import system_actor
from core.authz.registry import World, role_of
from core.tenancy import region, school
from tenants.registry.models import School
from tenants.registry.routing import host_of


class Command(BaseCommand):
    """Create or renew one account."""

    help = "Creates an account on a host; prints role, host, login, password and TOTP secret as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the arguments."""
        parser.add_argument("--host", required=True, help="«region» or the code of a school")
        parser.add_argument("--role", required=True, help="the role, «role:scope» for one that is narrowed")
        parser.add_argument("--login", required=True)
        parser.add_argument("--name", default="", help="the person's name; the login when empty")
        parser.add_argument("--password", default="", help="drawn at random when empty")
        parser.add_argument("--renew", action="store_true", help="new password and second factor for a known login")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create or renew, then print."""
        slug, _colon, scope = options["role"].partition(":")
        label = options["host"]
        world = World.REGION if label == "region" else World.SCHOOL
        role = role_of(world, slug)
        if role is None:
            raise CommandError(f"no role {slug!r} on this host", returncode=2)
        password = options["password"] or secrets.token_urlsafe(15)
        with self._world(label), transaction.atomic():
            actor = system_actor("command")
            common = {"actor": actor, "login": options["login"], "password": password}
            try:
                if options["renew"]:
                    account = renew_account(**common, with_totp=role.needs_second_factor)
                else:
                    account = create_account_with_totp(
                        **common,
                        name=options["name"] or options["login"],
                        roles=[(slug, scope)],
                        with_totp=role.needs_second_factor,
                    )
            except (AccountError, PermissionDenied, User.DoesNotExist) as error:
                raise CommandError(str(error), returncode=2) from error
            facts = {"role": slug, "host": host_of(label), "login": account.user.login}
        secret = {"password": account.password, "totp_secret": account.totp_secret or None}
        self.stdout.write(json.dumps(facts | secret, ensure_ascii=False))

    @staticmethod
    def _world(label: str) -> AbstractContextManager[None]:
        if label == "region":
            return region()
        with region():
            found = School.objects.filter(code=label, state=School.State.READY).values_list("schema_name", flat=True)
            schema = found.first()
        if schema is None:
            raise CommandError(f"no working school with the code {label!r}", returncode=2)
        return school(schema)
