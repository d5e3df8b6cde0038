"""Closing a school with handover: announced with a day, finished by the school, closed when its archive is taken."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from tenants.provisioning.errors import DayError, NotHandedOverError, ReasonMissingError
from tenants.provisioning.models import Archive
from tenants.registry.errors import StateError
from tenants.registry.models import School
from tenants.registry.routing import forget_routes


def announce_closing(*, actor: Actor, school_id: UUID, day: date, reason: str) -> School:
    """Announce that a school closes on a day, or another day than before; it works on. Runs in ``region()``.

    The director sees what is left to do and takes the archive; the region closes the school by hand, on the day or not.

    :raises RefusedError: when the actor may not.
    :raises StateError: when the school does not work.
    :raises DayError: for a day of the past.
    :raises ReasonMissingError: without a reason.
    """
    enforce(actor.has("schools.manage"))
    if day < timezone.localdate():
        raise DayError(_("День закрытия уже прошёл: выберите сегодняшний или будущий"))
    if not reason.strip():
        raise ReasonMissingError
    with transaction.atomic():
        school = _working(school_id)
        if school.closing_on is None:
            school.closing_announced_at = timezone.now()
        school.closing_on, school.closing_reason = day, reason.strip()
        school.save(update_fields=["closing_on", "closing_reason", "closing_announced_at"])
        record(
            actor=actor,
            action="school.closing_announced",
            object_type="school",
            object_id=school.pk,
            details={"day": day.isoformat()},
        )
    forget_routes()
    return school


def call_off_closing(*, actor: Actor, school_id: UUID) -> School:
    """Let a school go on after all. Runs in ``region()``; calling off twice changes nothing.

    :raises RefusedError: when the actor may not.
    :raises StateError: when the school does not work.
    """
    enforce(actor.has("schools.manage"))
    with transaction.atomic():
        school = _working(school_id)
        if school.closing_on is None:
            return school
        school.closing_on, school.closing_reason, school.closing_announced_at = None, "", None
        school.save(update_fields=["closing_on", "closing_reason", "closing_announced_at"])
        record(actor=actor, action="school.closing_called_off", object_type="school", object_id=school.pk)
    forget_routes()
    return school


def handed_over(school: School) -> Archive | None:
    """Return the archive that was made after the closing was announced, and taken. Runs in ``region()``."""
    if school.closing_announced_at is None:
        return None
    taken = Archive.objects.filter(
        school_schema=school.schema_name, made_at__gte=school.closing_announced_at, taken_at__isnull=False
    )
    return taken.order_by("-made_at").first()


def lacks_handover(school: School) -> bool:
    """Tell whether an announced closing waits for its archive to be taken. Runs in ``region()``."""
    return school.closing_on is not None and handed_over(school) is None


def require_handover(school: School, *, without_archive: bool) -> None:
    """Refuse to close a school whose closing was announced and whose archive nobody has taken, suspended or not.

    :raises NotHandedOverError: unless told that nobody needs it.
    """
    if not without_archive and lacks_handover(school):
        raise NotHandedOverError(is_suspended=school.state == School.State.SUSPENDED)


def _working(school_id: UUID) -> School:
    school: School = School.objects.select_for_update(of=("self",)).get(pk=school_id)
    if school.state != School.State.READY:
        raise StateError(_("Закрытие объявляют работающей школе"))
    return school
