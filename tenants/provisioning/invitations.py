"""The region invites a school's director and coordinator; whom, it does not learn: they name themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.accounts.codes import hash_code, new_code
from core.accounts.services.invitations import INVITATION_DAYS
from core.accounts.tasks import deliver_invitation
from core.audit.services import record
from core.authz import Actor, enforce
from core.events.outbox import enqueue_for_school
from tenants.registry.errors import StateError
from tenants.registry.models import School

# The roles by which a school begins; the school's own people grant every other one.
INVITED_ROLES: Final[dict[str, Any]] = {
    "director": gettext_lazy("Директор"),
    "coordinator": gettext_lazy("Координатор наставничества"),
}


@dataclass(frozen=True, slots=True)
class SchoolInvitation:
    """A fresh invitation of a school: the only moment at which the code is known."""

    code: str
    expires_at: datetime


def invite_to_school(*, actor: Actor, school_id: UUID, role: str) -> SchoolInvitation:
    """Make an invitation in a school: a task carries it there, with a hash of the code. Runs in ``region()``.

    ``role`` is one of ``INVITED_ROLES``. The code works as soon as the task has run, a second or so.

    :raises StateError: when the school is not working.
    :raises ValueError: for another role.
    """
    enforce(actor.has("schools.invite"))
    if role not in INVITED_ROLES:
        raise ValueError("the region invites directors and coordinators only")
    with transaction.atomic():
        school: School = School.objects.select_for_update().get(pk=school_id)
        if school.state != School.State.READY:
            raise StateError(_("Приглашать можно только в работающую школу"))
        code, invitation_id = new_code(), uuid4()
        expires_at = timezone.now() + timedelta(days=INVITATION_DAYS)
        enqueue_for_school(
            deliver_invitation,
            school_schema=school.schema_name,
            invitation_id=str(invitation_id),
            code_hash=hash_code(code, schema=school.schema_name),
            roles=[[role, ""]],
            expires_at=expires_at.isoformat(),
        )
        record(
            actor=actor,
            action="school.invited",
            object_type="school",
            object_id=school.pk,
            details={"role": role, "invitation": str(invitation_id)},
        )
    return SchoolInvitation(code, expires_at)
