"""Roles given and taken, accounts switched off and on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.errors import GrantError, HolderError
from core.accounts.models import Invitation, RoleGrant, User
from core.accounts.people import why_no_staff
from core.accounts.policies import is_own_alone, may_appoint, may_grant, may_manage, may_revoke
from core.audit.services import record
from core.authz import Actor, enforce
from core.authz.registry import Role, World, role_of, scope_choices

RolePairs = Sequence[tuple[str, str]]
"""Pairs (role's slug, scope); the scope is empty for a role that nothing narrows."""


def check_roles(world: World, pairs: Iterable[tuple[str, str]]) -> list[Role]:
    """Return the roles of the pairs.

    :raises GrantError: an unknown role, a scope that does not exist, a scope missing or not wanted.
    """
    found = []
    for slug, scope in pairs:
        role = role_of(world, slug)
        if role is None:
            raise GrantError(_("Такой роли здесь нет"))
        if bool(role.scope_kind) != bool(scope):
            raise GrantError(_("Для роли «%(role)s» укажите, чем она ограничена") % {"role": role.title})
        if scope and scope not in dict(scope_choices(world, role.scope_kind)):
            raise GrantError(_("Такого класса, формы или района нет"))
        found.append(role)
    return found


def check_holder(person_id: UUID | None, roles: Collection[Role]) -> None:
    """Refuse roles that open others' data to the login of somebody who may not have them: a pupil's, above all.

    :param person_id: whose login it is; None when nobody knows.
    :param roles: all that the login is to have together.
    :raises HolderError: with what to do.
    """
    if all(is_own_alone(role) for role in roles):
        return
    sentence = why_no_staff(person_id, {role.slug for role in roles})
    if sentence:
        raise HolderError(sentence)


def grant_role(*, actor: Actor, user_id: UUID, role: str, scope: str = "") -> RoleGrant:
    """Give a user a role; giving the same again changes nothing. Password codes issued to him before end.

    Oneself one gives only what adds nothing (:func:`core.accounts.policies.may_take`).

    :raises RefusedError: when the actor may not appoint the role, or manage the user.
    :raises GrantError: for a role or scope that does not exist here, or that is not for such a login
        (:func:`check_holder`).
    """
    roles = check_roles(actor.world, [(role, scope)])
    enforce(may_appoint(actor, roles))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        enforce(may_grant(actor, user, roles[0]))
        held = (role_of(actor.world, slug) for slug in user.grants.values_list("role", flat=True))
        check_holder(user.person_id, [*roles, *(known for known in held if known is not None)])
        grant, is_new = RoleGrant.objects.get_or_create(
            user=user, role=role, scope=scope, defaults={"granted_by": actor.pk}
        )
        if is_new:
            # A password code lies in the hands of whoever issued it; he may not be one to manage the new role's holder.
            Invitation.objects.usable().filter(user=user).update(revoked_at=timezone.now())
            record(
                actor=actor,
                action="role.granted",
                object_type="user",
                object_id=user.pk,
                details={"role": role, "scope": scope},
            )
    return grant


def revoke_role(*, actor: Actor, grant_id: UUID) -> None:
    """Take a role away; the next request of its holder no longer has it.

    :raises RefusedError: when the actor may not manage the holder; of his own, when it is one that he could not take.
    """
    with transaction.atomic():
        grant = RoleGrant.objects.select_related("user").select_for_update(of=("self",)).get(pk=grant_id)
        enforce(may_revoke(actor, grant.user, grant.role, grant.scope))
        grant.delete()
        record(
            actor=actor,
            action="role.revoked",
            object_type="user",
            object_id=grant.user_id,
            details={"role": grant.role, "scope": grant.scope},
        )


def set_active(*, actor: Actor, user_id: UUID, is_active: bool) -> None:
    """Switch an account off (its sessions end at once) or on again.

    :raises RefusedError: when the actor may not manage the user.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        enforce(may_manage(actor, user))
        if user.is_active == is_active:
            return
        user.is_active = is_active
        user.session_epoch += 1
        user.save(update_fields=["is_active", "session_epoch"])
        action = "account.switched_on" if is_active else "account.switched_off"
        record(actor=actor, action=action, object_type="user", object_id=user.pk)
