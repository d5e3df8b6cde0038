"""Accounts made by commands: the first administrator, the accounts of a demo."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from core.accounts.errors import LoginTakenError
from core.accounts.models import RoleGrant, User
from core.accounts.policies import may_appoint
from core.accounts.services.grants import RolePairs, check_roles
from core.audit.services import record
from core.authz import Actor, enforce


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account with its secrets, known at this moment only; ``totp_secret`` is empty for a role that needs none."""

    user: User
    password: str
    totp_secret: str


def create_account_with_totp(
    *, actor: Actor, login: str, name: str, password: str, roles: RolePairs, with_totp: bool = True
) -> NewAccount:
    """Create an account of the current world, ready to sign in, for a command.

    :raises RefusedError: when the actor may not appoint the roles.
    :raises GrantError: for roles or scopes that do not exist here.
    :raises LoginTakenError: when somebody here has the login.
    """
    enforce(may_appoint(actor, check_roles(actor.world, roles)))
    with transaction.atomic():
        if User.objects.filter(login=login.strip().lower()).exists():
            raise LoginTakenError
        user = User.objects.create_user(login=login, name=name, password=password)
        RoleGrant.objects.bulk_create(RoleGrant(user=user, role=slug, scope=scope) for slug, scope in roles)
        secret = _activate(user) if with_totp else ""
        record(actor=actor, action="account.created", object_type="user", object_id=user.pk)
    return NewAccount(user, password, secret)


def renew_account(*, actor: Actor, login: str, password: str, with_totp: bool = True) -> NewAccount:
    """Give an account a new password and a new second factor, ending its sessions: the way back in on the server.

    :raises User.DoesNotExist: when nobody here has the login.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(login=login.strip().lower())
        user.set_password(password)
        user.is_active = True
        user.session_epoch += 1
        user.save(update_fields=["password", "is_active", "session_epoch"])
        Authenticator.objects.filter(user_id=user.pk).delete()
        secret = _activate(user) if with_totp else ""
        record(actor=actor, action="account.renewed", object_type="user", object_id=user.pk)
    return NewAccount(user, password, secret)


def _activate(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return str(secret)
