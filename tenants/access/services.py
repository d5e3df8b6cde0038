"""Orders about access to a school. The act itself happens in the school, by a task that carries the school.

Codes are drawn here and shown once; the outbox carries their hash, keyed for that school, and no name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.accounts.codes import hash_code, new_code
from core.accounts.services.invitations import INVITATION_DAYS
from core.accounts.tasks import deliver_invitation, reset_director
from core.audit.services import record
from core.authz import ALLOWED, Actor, Decision, Denied, enforce
from core.events.outbox import enqueue_for_school
from tenants.access.models import AccessOrder
from tenants.registry.models import School

INVITED_ROLES = ("director", "coordinator")
# What the region may do on a school's host for a while: all but what is the director's alone.
TEMPORARY_ROLE = "coordinator"
LONGEST_ACCESS_HOURS = 8
CONFIRM_WITHIN_HOURS = 24


class AccessError(Exception):
    """The order cannot be given; ``str()`` is the sentence to show."""


@dataclass(frozen=True, slots=True)
class OrderWithCode:
    """An order with the code it drew: the only moment at which the code is known."""

    order: AccessOrder
    code: str


def _ready_school(school_id: UUID) -> School:
    school = School.objects.filter(pk=school_id).first()
    if school is None or school.state != School.State.READY:
        raise AccessError(_("Школа не работает: дождитесь её создания или возобновите её."))
    return school


def _order(actor: Actor, kind: AccessOrder.Kind, school: School, *, expires_at: datetime, **more: str) -> AccessOrder:
    if actor.pk is None:
        raise AccessError(_("Распоряжение даёт человек, а не программа."))
    order = AccessOrder.objects.create(
        kind=kind, school=school, requested_by=actor.pk, requested_at=timezone.now(), expires_at=expires_at, **more
    )
    record(
        actor=actor,
        action=f"access.{kind.value}",
        object_type="school",
        object_id=school.pk,
        details={"order": str(order.pk)},
    )
    return order


def _deliver(order: AccessOrder, *, role: str, account_expires_at: datetime | None = None) -> str:
    code, schema = new_code(), str(order.school.schema_name)
    enqueue_for_school(
        deliver_invitation,
        school_schema=schema,
        invitation_id=str(order.pk),
        code_hash=hash_code(code, schema=schema),
        roles=[[role, ""]],
        expires_at=order.expires_at.isoformat(),
        account_expires_at=account_expires_at.isoformat() if account_expires_at else "",
        reason=order.reason,
    )
    return code


def invite_to_school(*, actor: Actor, school_id: UUID, role: str) -> OrderWithCode:
    """Invite a director or a coordinator to a school; the code works there as soon as the task has run.

    :raises RefusedError: for an actor who may not invite.
    :raises AccessError: for another role, or a school that is not working.
    """
    enforce(actor.has("schools.invite"))
    if role not in INVITED_ROLES:
        raise AccessError(_("Регион приглашает директора и координатора, остальные роли выдаёт школа."))
    with transaction.atomic():
        school = _ready_school(school_id)
        expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
        order = _order(actor, AccessOrder.Kind.INVITATION, school, expires_at=expires_at, role=role)
        return OrderWithCode(order, _deliver(order, role=role))


def open_temporary_access(*, actor: Actor, school_id: UUID, reason: str, hours: int) -> OrderWithCode:
    """Open a time-limited account on a school's own host; the school's director sees it and may end it.

    :raises RefusedError: for an actor who may not.
    :raises AccessError: without a reason, for too long a time, or a school that is not working.
    """
    enforce(actor.has("schools.break_glass"))
    if not reason.strip():
        raise AccessError(_("Напишите причину: её увидит директор школы."))
    if not 1 <= hours <= LONGEST_ACCESS_HOURS:
        raise AccessError(_("Временный доступ открывается не больше чем на %(n)s ч.") % {"n": LONGEST_ACCESS_HOURS})
    with transaction.atomic():
        school = _ready_school(school_id)
        expires_at = timezone.now() + timedelta(hours=hours)
        order = _order(
            actor, AccessOrder.Kind.TEMPORARY, school, expires_at=expires_at, role=TEMPORARY_ROLE, reason=reason.strip()
        )
        return OrderWithCode(order, _deliver(order, role=TEMPORARY_ROLE, account_expires_at=expires_at))


def request_director_reset(*, actor: Actor, school_id: UUID, login: str, reason: str) -> AccessOrder:
    """Ask for a director's lost second factor to be taken off; another administrator must confirm within a day.

    :raises RefusedError: for an actor who may not.
    :raises AccessError: without a login or reason, or for a school that is not working.
    """
    enforce(actor.has("schools.reset_director"))
    if not login.strip() or not reason.strip():
        raise AccessError(_("Напишите логин директора и причину."))
    with transaction.atomic():
        expires_at = timezone.now() + timedelta(hours=CONFIRM_WITHIN_HOURS)
        return _order(
            actor,
            AccessOrder.Kind.RESET,
            _ready_school(school_id),
            expires_at=expires_at,
            login=login.strip().lower(),
            reason=reason.strip(),
        )


def may_confirm(actor: Actor, order: AccessOrder) -> Decision:
    """Tell whether the actor may confirm a reset: another administrator than the one who asked, in time, once."""
    decision = actor.has("schools.reset_director")
    if not decision:
        return decision
    if order.kind != AccessOrder.Kind.RESET or order.confirmed_at is not None:
        return Denied(_("Это распоряжение не ждёт подтверждения."))
    if order.expires_at <= timezone.now():
        return Denied(_("Срок подтверждения прошёл: нужно новое распоряжение."))
    if order.requested_by == actor.pk:
        return Denied(_("Своё распоряжение подтверждает другой администратор региона."))
    return ALLOWED


def confirm_director_reset(*, actor: Actor, order_id: UUID) -> AccessOrder:
    """Confirm a reset and hand it to the school; whether such a director exists there, the region does not learn.

    :raises RefusedError: see :func:`may_confirm`.
    """
    with transaction.atomic():
        order = AccessOrder.objects.select_related("school").select_for_update(of=("self",)).get(pk=order_id)
        enforce(may_confirm(actor, order))
        order.confirmed_by, order.confirmed_at = actor.pk, timezone.now()
        order.save(update_fields=["confirmed_by", "confirmed_at"])
        record(
            actor=actor,
            action="access.reset_confirmed",
            object_type="school",
            object_id=order.school_id,
            details={"order": str(order.pk)},
        )
        enqueue_for_school(
            reset_director, school_schema=str(order.school.schema_name), order_id=str(order.pk), login=order.login
        )
    return order
