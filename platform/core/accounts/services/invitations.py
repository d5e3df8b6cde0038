"""Invitations: a one-time code, shown once, that makes an account or a new password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.codes import clean_code, hash_code, new_code
from core.accounts.errors import CodeError, GrantError, LoginTakenError
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.policies import may_appoint, may_manage
from core.accounts.services.grants import RolePairs, check_holder, check_roles
from core.audit.services import record
from core.authz import Actor, anonymous, enforce
from core.authz.registry import World, role_of

INVITATION_DAYS = 14
_FORGOTTEN_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh invitation with its code: the only moment at which the code is known."""

    invitation: Invitation
    code: str


def _store(*, actor: Actor, action: str, days: int, name: str, **fields: object) -> Issued:
    code, now = new_code(), timezone.now()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            code_hash=hash_code(code),
            name=name,
            invited_by=actor.pk,
            invited_by_label=actor.label,
            created_at=now,
            expires_at=now + timedelta(days=days),
            **fields,
        )
        record(actor=actor, action=action, object_type="invitation", object_id=invitation.pk)
    return Issued(invitation, code)


def invite(
    *, actor: Actor, name: str, roles: RolePairs, person_id: UUID | None = None, days: int = INVITATION_DAYS
) -> Issued:
    """Invite somebody to make an account with roles on this host.

    ``person_id`` ties the account to a person of the school. The code is returned and stored nowhere.

    :raises RefusedError: when the actor may not appoint one of the roles.
    :raises GrantError: for roles or scopes that do not exist here, or none at all; for somebody who signs in already;
        for roles that are not for such a person's login.
    """
    wanted = check_roles(actor.world, roles)
    enforce(may_appoint(actor, wanted))
    check_holder(person_id, wanted)
    if _signs_in(person_id):
        raise GrantError(_("У этого человека уже есть вход. Выдайте роль ему: второй логин не нужен."))
    pairs = [[slug, scope] for slug, scope in roles]
    return _store(actor=actor, action="invitation.made", days=days, name=name.strip(), roles=pairs, person_id=person_id)


def _signs_in(person_id: UUID | None) -> bool:
    """Tell whether somebody has a login already; of nobody knows whom it cannot be told."""
    return person_id is not None and User.objects.filter(person_id=person_id, is_active=True).exists()


def issue_password_code(*, actor: Actor, user_id: UUID, days: int = INVITATION_DAYS) -> Issued:
    """Issue a code by which somebody who forgot the password sets a new one; earlier codes of his end.

    :raises RefusedError: when the actor may not manage the user.
    """
    user = User.objects.get(pk=user_id)
    enforce(may_manage(actor, user))
    with transaction.atomic():
        Invitation.objects.usable().filter(user=user).update(revoked_at=timezone.now())
        return _store(actor=actor, action="password_code.made", days=days, name=user.name, user=user)


def withdraw_invitation(*, actor: Actor, invitation_id: UUID) -> None:
    """Withdraw an unused invitation.

    :raises RefusedError: when the actor could not have made it.
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
        held = [role_of(actor.world, slug) for slug, _scope in invitation.roles]
        enforce(may_appoint(actor, [role for role in held if role is not None]))
        if invitation.user is not None:
            enforce(may_manage(actor, invitation.user))
        if invitation.used_at is None and invitation.revoked_at is None:
            invitation.revoked_at = timezone.now()
            invitation.save(update_fields=["revoked_at"])
            record(actor=actor, action="invitation.withdrawn", object_type="invitation", object_id=invitation.pk)


def usable_invitation(code: str) -> Invitation:
    """Return the invitation of a code typed on this host.

    :raises CodeError: unknown, used, withdrawn and out of date alike.
    """
    invitation = Invitation.objects.usable().filter(code_hash=hash_code(code)).first() if clean_code(code) else None
    if invitation is None:
        raise CodeError
    return invitation


def accept_invitation(*, invitation_id: UUID, login: str, password: str, name: str = "") -> User:
    """Use an invitation: make the account and its grants, or set the new password of the account it names.

    ``login`` and ``name`` are ignored for a new password, ``name`` also when the inviter wrote one (the region writes
    none). Runs once: of two at the same time the second is refused.

    :raises CodeError: when the invitation can no longer be used, or whom it is for signs in already.
    :raises HolderError: when its roles are not for the person it belongs to, whose card has changed since.
    :raises LoginTakenError: when somebody here has the login.
    :raises ValidationError: for a login or password that the rules refuse.
    """
    with transaction.atomic():
        invitation = Invitation.objects.usable().select_for_update().filter(pk=invitation_id).first()
        if invitation is None:
            raise CodeError
        if invitation.user_id is None:
            user = _new_account(invitation, login=login, password=password, name=name)
        else:
            user = _new_password(invitation.user_id, password=password)
        invitation.used_at = timezone.now()
        invitation.used_by = user.pk
        invitation.save(update_fields=["used_at", "used_by"])
        record(actor=user, action="invitation.used", object_type="invitation", object_id=invitation.pk)
    return user


def _new_account(invitation: Invitation, *, login: str, password: str, name: str) -> User:
    promised = (role_of(anonymous().world, slug) for slug, _scope in invitation.roles)
    check_holder(invitation.person_id, [role for role in promised if role is not None])
    if _signs_in(invitation.person_id):
        # By another invitation, or by the login of a card that was found to be his too.
        raise CodeError
    user = User(
        login=login.strip().lower(),
        name=invitation.name or name.strip(),
        person_id=invitation.person_id,
        expires_at=invitation.account_expires_at,
    )
    if User.objects.filter(login=user.login).exists():
        raise LoginTakenError
    validate_password(password, user)
    user.set_password(password)
    try:
        user.full_clean(validate_unique=False)
    except ValidationError as error:
        raise ValidationError(
            {name: lines for name, lines in error.message_dict.items() if name != "password"}
        ) from error
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise LoginTakenError from error
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=user,
            role=slug,
            scope=scope,
            granted_by=invitation.invited_by,
            expires_at=invitation.account_expires_at,
        )
        for slug, scope in invitation.roles
    )
    return user


def _new_password(user_id: UUID, *, password: str) -> User:
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_in_force():
        raise CodeError
    validate_password(password, user)
    user.set_password(password)
    user.session_epoch += 1
    user.save(update_fields=["password", "session_epoch"])
    return user


def receive_invitation(
    *,
    invitation_id: UUID,
    code_hash: str,
    roles: RolePairs,
    expires_at: datetime,
    account_expires_at: datetime | None = None,
    reason: str = "",
) -> None:
    """Store an invitation that the region made for this school; the school gets a hash, never the code, and no name.

    Safe to repeat: the id is the region's.

    :raises GrantError: for roles that a school does not have.
    """
    check_roles(World.SCHOOL, roles)
    with transaction.atomic():
        invitation, is_new = Invitation.objects.get_or_create(
            pk=invitation_id,
            defaults={
                "code_hash": code_hash,
                "roles": [list(pair) for pair in roles],
                "invited_by_label": "region",
                "created_at": timezone.now(),
                "expires_at": expires_at,
                "account_expires_at": account_expires_at,
                "reason": reason,
            },
        )
        if is_new:
            action = "temporary_access.opened" if account_expires_at else "invitation.received"
            record(actor="region", action=action, object_type="invitation", object_id=invitation.pk)


def forget_old_invitations() -> int:
    """Forget invitations that nobody used and that ended a week ago: they name people; return how many.

    For a week whoever types the code late is told that it has ended, not that there is none.
    """
    ended = timezone.now() - timedelta(days=_FORGOTTEN_AFTER_DAYS)
    return Invitation.objects.filter(used_at__isnull=True, expires_at__lt=ended).delete()[0]
