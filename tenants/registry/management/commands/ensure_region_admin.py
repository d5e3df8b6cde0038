"""The first account of a region: `manage ensure_region_admin --json`. Everybody else is invited by it."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from core.accounts.errors import AccountError
from core.accounts.models import RoleGrant, User
from core.accounts.services.provision import NewAccount, create_account_with_totp, renew_account
from core.accounts.services.tokens import LONGEST_DAYS, issue_token
from core.authz import system_actor
from core.tenancy import region

ROLE = "region_admin"


class Command(BaseCommand):
    """Make the first administrator."""

    help = "Makes an administrator of the region if there is none, and prints how to sign in; the second time nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the login, the form of the answer and the way back in."""
        parser.add_argument("--login", default="admin")
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout; {} when nothing was done")
        parser.add_argument("--token", action="store_true", help="a token of the API for that administrator as well")
        parser.add_argument("--renew", action="store_true", help="new password and second factor for that login")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make or renew the account and print its secrets, which are kept nowhere else.

        :raises CommandError: when the login is taken by somebody without the role, or nobody to renew has it.
        """
        try:
            with region():
                account = _renew(options["login"]) if options["renew"] else _ensure(options["login"])
                token = {"token": _token(account)} if account and options["token"] else {}
        except User.DoesNotExist as error:
            raise CommandError(f"nobody here has the login {options['login']}") from error
        except AccountError as error:
            raise CommandError(str(error)) from error
        answer = {**_answer(account), **token} if account else {}
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in answer.items()))


def _ensure(login: str) -> NewAccount | None:
    """Make an administrator; None when somebody holds the role and can use it."""
    now = timezone.now()
    holders = RoleGrant.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), role=ROLE, user__is_active=True)
    if holders.exists():
        return None
    return create_account_with_totp(
        actor=system_actor("ensure_region_admin"),
        login=login,
        name="Администратор региона",
        password=secrets.token_urlsafe(15),
        roles=[(ROLE, "")],
    )


def _renew(login: str) -> NewAccount:
    return renew_account(actor=system_actor("ensure_region_admin"), login=login, password=secrets.token_urlsafe(15))


def _token(account: NewAccount) -> str:
    """Issue a token that may do what the administrator may, for as long as tokens live."""
    issued = issue_token(
        actor=system_actor("ensure_region_admin"),
        owner=account.user,
        title="Первый администратор",
        roles=[(ROLE, "")],
        days=LONGEST_DAYS,
    )
    return issued.secret


def _answer(account: NewAccount) -> dict[str, str]:
    port = f":{settings.BASE_PORT}" if settings.BASE_PORT else ""
    return {
        "role": ROLE,
        "host": f"{settings.REGION_LABEL}.{settings.BASE_DOMAIN}{port}",
        "login": account.user.login,
        "password": account.password,
        "totp_secret": account.totp_secret,
    }
