"""A school's life: asked for by the region, made by the provisioner, suspended, closed.

``creating → ready → suspended → closed``; only ``ready`` answers requests. The region's role writes rows; schemas and
roles are made by the provisioner, another process with the migrator's login.
"""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.events.outbox import enqueue
from core.tenancy import region
from tenants.provisioning.errors import CodeTakenError, StateError
from tenants.registry.models import District, Domain, School
from tenants.registry.routing import forget_routes

_log = structlog.get_logger(__name__)

_TRANSITIONS = {
    School.State.CREATING: {School.State.READY, School.State.CLOSED},
    School.State.READY: {School.State.SUSPENDED},
    School.State.SUSPENDED: {School.State.READY, School.State.CLOSED},
    School.State.CLOSED: set(),
}


def new_schema_name() -> str:
    """Return an opaque name for a school's schema and role."""
    return f"s_{secrets.token_hex(6)}"


def create_school(*, actor: Any, code: str, title: str, district: District | None) -> School:
    """Ask for a school: a row in state ``creating`` and a task for the provisioner, in one transaction.

    Runs in ``region()``. ``actor`` is a user or a label.

    :raises CodeTakenError: when a school has, or had, this code.
    """
    from tenants.provisioning.tasks import provision_school

    with transaction.atomic():
        if Domain.objects.filter(domain=code).exists() or School.objects.filter(code=code).exists():
            raise CodeTakenError(code)
        school: School = School(
            schema_name=new_schema_name(),
            code=code,
            title=title,
            district=district,
            state=School.State.CREATING,
        )
        school.full_clean(exclude=["schema_name"])
        school.save()
        Domain.objects.create(domain=code, tenant=school, is_primary=True)
        record(actor=actor, action="school.created", object_type="school", object_id=school.pk)
        enqueue(provision_school, school_id=str(school.pk))
    return school


def provision(school_id: UUID | str) -> School:
    """Carry a school from ``creating`` to ``ready``. Migrator only; safe to repeat and to kill at any step."""
    from tenants.provisioning.schema import make_schema

    with region():
        school: School = School.objects.get(pk=school_id)
    if school.state != School.State.CREATING:
        return school
    make_schema(school.schema_name)
    with region(), transaction.atomic():
        school = School.objects.select_for_update().get(pk=school_id)
        if school.state == School.State.CREATING:
            _set_state(school, School.State.READY, actor="provisioner")
    return school


def provision_pending() -> list[str]:
    """Complete every school that is still ``creating``; return the codes that became ready. Migrator only."""
    with region():
        pending = list(School.objects.filter(state=School.State.CREATING).order_by("created_at"))
    return [provision(school.pk).code for school in pending]


def change_state(*, actor: Any, school_id: UUID, state: School.State) -> School:
    """Suspend, resume or close a school. Runs in ``region()``.

    :raises StateError: when the school's present state does not allow it.
    """
    with transaction.atomic():
        school: School = School.objects.select_for_update().get(pk=school_id)
        if state not in _TRANSITIONS[School.State(school.state)]:
            raise StateError(
                _("Из состояния «%(now)s» нельзя перейти в «%(next)s»")
                % {"now": school.get_state_display(), "next": state.label}
            )
        _set_state(school, state, actor=actor)
    forget_routes()
    return school


def _set_state(school: School, state: School.State, *, actor: Any) -> None:
    school.state = state
    school.state_changed_at = timezone.now()
    school.last_error = ""
    school.save(update_fields=["state", "state_changed_at", "last_error"])
    record(actor=actor, action=f"school.{state.value}", object_type="school", object_id=school.pk)
    _log.info("school_state", school=str(school.pk), state=state.value)
