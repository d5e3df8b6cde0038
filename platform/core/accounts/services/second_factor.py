"""The second factor: whether somebody has one, and how a lost one is taken off."""

from __future__ import annotations

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from core.accounts.models import User
from core.accounts.policies import holds_top_role, may_reset_second_factor
from core.audit.models import AuditRecord
from core.audit.services import record
from core.authz import Actor, enforce


def has_second_factor(user_id: UUID) -> bool:
    """Tell whether the user has set up a code generator; one query."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def users_with_second_factor() -> set[UUID]:
    """Return the ids of everybody here who has set one up."""
    found = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return set(found.values_list("user_id", flat=True))


def _take_off(user: User) -> None:
    """Delete code generator and recovery codes and end every session: the next sign-in sets up a new one."""
    Authenticator.objects.filter(user_id=user.pk).delete()
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])


def reset_second_factor(*, actor: Actor, user_id: UUID) -> None:
    """Take off the lost second factor of a user of this host.

    :raises RefusedError: when the actor may not, or it is his own.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        enforce(may_reset_second_factor(actor, user))
        _take_off(user)
        record(actor=actor, action="second_factor.reset", object_type="user", object_id=user.pk)


def reset_directors_second_factor(*, order_id: UUID, login: str) -> bool:
    """Take off a director's lost second factor by an order that two administrators of the region gave.

    Runs inside the school. Whoever does not hold a role that only a director grants is not touched. Safe to repeat:
    an order is carried out once, so a late repetition does not take off the new factor. Returns whether it acted.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().filter(login=login.strip().lower(), is_active=True).first()
        is_done = AuditRecord.objects.filter(object_type="factor_order", object_id=str(order_id)).exists()
        if user is None or is_done or not holds_top_role(user):
            return False
        _take_off(user)
        record(
            actor="region",
            action="second_factor.reset_by_region",
            object_type="factor_order",
            object_id=order_id,
            details={"user": str(user.pk)},
        )
    return True


def forget_second_factor_checks(user: User) -> None:
    """End what sessions remember of a passed second factor, after its owner took it off to set up another."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        locked.session_epoch += 1
        locked.save(update_fields=["session_epoch"])
        record(actor=locked, action="second_factor.removed", object_type="user", object_id=locked.pk)
    user.session_epoch = locked.session_epoch
