"""A school's life: asked for by the region, made by the provisioner, suspended, closed.

``creating → ready → suspended → closed``; only ``ready`` answers requests; an archive brings a school back through
``restoring``. The region's role writes rows; schemas and
roles are made by the provisioner, another process with the migrator's login.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.accounts.tasks import end_accounts
from core.audit.services import audit_row, record
from core.events.catalogue import announce
from core.events.outbox import enqueue, enqueue_for_school
from core.tenancy import region
from tenants.provisioning.archive.terms import are_any_out_of_date
from tenants.provisioning.closing import require_handover
from tenants.provisioning.errors import CodeTakenError, ReasonMissingError
from tenants.provisioning.pool import fill_pool, is_pool_low, new_schema_name, register_spare
from tenants.registry.errors import StateError
from tenants.registry.models import District, Domain, School, StateChange
from tenants.registry.routing import forget_routes

_log = structlog.get_logger(__name__)

_TRANSITIONS = {
    School.State.CREATING: {School.State.READY, School.State.CLOSED},
    School.State.READY: {School.State.SUSPENDED},
    School.State.SUSPENDED: {School.State.READY, School.State.CLOSED},
    # Given up; how it goes on otherwise is the restore's own affair.
    School.State.RESTORING: {School.State.CLOSED},
    School.State.CLOSED: set(),
}
# Making a school takes about a second; whoever waits longer has lost the task or the provisioner.
LATE_AFTER = timedelta(seconds=30)
_NEED_REASON = {School.State.SUSPENDED, School.State.CLOSED}
# First half of the advisory lock's key; the second is the school's.
_PROVISIONING_LOCK = 0x7072


def states_after(state: str, *, is_closing: bool = False) -> frozenset[School.State]:
    """Return the states that a person may choose next; ``ready`` after ``creating`` is the provisioner's alone.

    A school whose closing was announced is closed from its work; any other is suspended first.
    """
    after = _TRANSITIONS[School.State(state)]
    if is_closing and state == School.State.READY:
        after = after | {School.State.CLOSED}
    return frozenset(after - {School.State.READY} if state == School.State.CREATING else after)


def create_school(*, actor: Any, code: str, title: str, district: District | None) -> School:
    """Add a school in one transaction: ready at once when a spare waits, else ``creating`` with a provisioner's task.

    Runs in ``region()``. ``actor`` is a user or a label. The unique keys of the register decide whether a code is
    free, not a query before: that would be slower and could be overtaken.

    :raises CodeTakenError: when a school has, or had, this code.
    :raises ValidationError: when code or title is not valid.
    """
    school = School(code=code, title=title, district=district, state=School.State.CREATING)
    school.clean_fields(exclude=["schema_name", "district"])
    if code == settings.REGION_LABEL:
        raise CodeTakenError(code)
    audit = audit_row(actor=actor, action="school.created", object_type="school", object_id=school.pk)
    try:
        # With a spare the act is one statement, a transaction by itself; inside another one it can be undone alone.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            stored = register_spare(school, audit=audit)
        if stored is None:
            with transaction.atomic():
                _ask_for(school, actor=actor)
                audit.save(force_insert=True)
        else:
            school = stored
            _announce()
    except IntegrityError as error:
        if _is_about_the_code(error):
            raise CodeTakenError(code) from error
        raise
    # The code may be remembered as nobody's.
    forget_routes()
    return school


def _ask_for(school: School, *, actor: Any) -> None:
    """Store a school that is to be made, and the provisioner's task."""
    from tenants.provisioning.tasks import provision_school

    school.schema_name = new_schema_name()
    # In bulk: the library's save() asks first what the unique keys decide.
    School.objects.bulk_create([school])
    Domain.objects.bulk_create([Domain(domain=school.code, tenant=school, is_primary=True)])
    _note_state(school, actor=actor, reason="")
    enqueue(provision_school, school_id=str(school.pk))


def _is_about_the_code(error: IntegrityError) -> bool:
    """Tell whether a unique key of the register refused a code."""
    told = getattr(error.__cause__, "diag", None)
    return told is not None and str(told.constraint_name).startswith(("registry_school_code", "registry_domain_domain"))


def provision(school_id: UUID | str) -> School:
    """Carry a school from ``creating`` to ``ready``. Migrator only; safe to repeat and to kill at any step.

    While another provisioner works on the same school nothing is done. A failure is noted on the school, so that the
    region sees it, and raised; the next run starts over.
    """
    from tenants.provisioning.schema import make_schema

    with alone_with(school_id) as is_ours:
        with region():
            school: School = School.objects.get(pk=school_id)
        if not is_ours or school.state != School.State.CREATING:
            return school
        try:
            # Outside every context: django-tenants' own migration moves the migrator's session itself.
            make_schema(school.schema_name)
        except Exception as error:
            _note_failure(school_id, error)
            raise
        with region(), transaction.atomic():
            school = School.objects.select_for_update().get(pk=school_id)
            if school.state == School.State.CREATING:
                _set_state(school, School.State.READY, actor="provisioner")
        return school


def _note_failure(school_id: UUID | str, error: Exception) -> None:
    """Note the kind of error for the school's page; a database's message may quote data and stays in the log."""
    with region():
        School.objects.filter(pk=school_id).update(last_error=type(error).__name__)


def is_any_late() -> bool:
    """Tell whether the provisioner is wanted: a school waits too long, spares are missing, old archives lie about.

    Region or roll-up.
    """
    early = timezone.now() - LATE_AFTER
    is_waiting = School.objects.filter(state=School.State.CREATING, created_at__lt=early).exists()
    return is_waiting or is_pool_low() or are_any_out_of_date()


def provision_pending() -> list[str]:
    """Complete every school that is still ``creating``; return the codes that became ready. Migrator only.

    A school that fails is logged and does not stop the others. Afterwards the pool of spares is filled.
    """
    with region():
        pending = list(School.objects.filter(state=School.State.CREATING).order_by("created_at"))
    ready = []
    for waiting in pending:
        try:
            school = provision(waiting.pk)
        except Exception as error:  # noqa: BLE001  the next school must not wait for this one
            _log.warning("provisioning_failed", school=str(waiting.pk), error=type(error).__name__)
            continue
        if school.state == School.State.READY:
            ready.append(school.code)
    fill_pool()
    return ready


@contextmanager
def alone_with(school_id: UUID | str) -> Iterator[bool]:
    """Hold the school's provisioning lock; gives False at once when another session holds it.

    A session lock, because the work spans many transactions; the server frees it when the process dies.
    """
    key = (_PROVISIONING_LOCK, UUID(str(school_id)).int % 2**31)
    with region(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_try_advisory_lock(%s, %s)", key)
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            # A session that died has freed the lock itself.
            with suppress(DatabaseError), region(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_catalog.pg_advisory_unlock(%s, %s)", key)


def begin_restore(school: School, *, actor: str) -> School:
    """Note that a school is being restored. Runs in ``region()``, in the transaction that placed it.

    Its closing, if that was announced, is a thing of the past.
    """
    school.closing_on, school.closing_reason, school.closing_announced_at = None, "", None
    school.save(update_fields=["closing_on", "closing_reason", "closing_announced_at"])
    _set_state(school, School.State.RESTORING, actor=actor)
    return school


def complete_restore(*, school_id: UUID, actor: str, sha256: str) -> School:
    """Let a school whose data are back answer requests. Runs in ``region()``.

    :raises StateError: when it is not being restored any more.
    """
    with transaction.atomic():
        school: School = School.objects.select_for_update().get(pk=school_id)
        if school.state != School.State.RESTORING:
            raise StateError.of_restore()
        _set_state(school, School.State.READY, actor=actor)
        record(
            actor=actor,
            action="school.restored",
            object_type="school",
            object_id=school.pk,
            details={"sha256": sha256},
        )
    forget_routes()
    return school


def change_state(
    *, actor: Any, school_id: UUID, state: School.State, reason: str = "", without_archive: bool = False
) -> School:
    """Suspend, resume or close a school; closing ends its accounts. Runs in ``region()``.

    :param without_archive: close a school whose closing was announced though its director has not taken the archive.
    :raises StateError: when the school's present state does not allow it.
    :raises ReasonMissingError: when work is stopped without a reason.
    :raises NotHandedOverError: when the archive of a closing school was not taken.
    """
    with transaction.atomic():
        school: School = School.objects.select_for_update().get(pk=school_id)
        if state not in states_after(school.state, is_closing=school.closing_on is not None):
            raise StateError(
                _("Из состояния «%(now)s» нельзя перейти в «%(next)s»")
                % {"now": school.get_state_display(), "next": state.label}
            )
        if state in _NEED_REASON and not reason.strip():
            raise ReasonMissingError
        if state == School.State.CLOSED:
            require_handover(school, without_archive=without_archive)
        had_people = school.state in {School.State.READY, School.State.SUSPENDED}
        _set_state(school, state, actor=actor, reason=reason.strip())
        if state == School.State.CLOSED and had_people:
            enqueue_for_school(end_accounts, school_schema=school.schema_name)
    forget_routes()
    return school


def rename_school(*, actor: Any, school_id: UUID, code: str) -> School:
    """Give a school another code; its former codes go on leading to it. Runs in ``region()``.

    A school may take back a code it had before.

    :raises CodeTakenError: when the code is, or was, another school's.
    :raises StateError: when the school is closed.
    :raises ValidationError: when the code is not valid.
    """
    with transaction.atomic():
        school: School = School.objects.select_for_update().get(pk=school_id)
        if school.state == School.State.CLOSED:
            raise StateError.of_closed_school()
        if school.code == code:
            return school
        _require_free(code, except_for=school)
        former = school.code
        school.code = code
        school.full_clean(exclude=["schema_name"])
        school.save(update_fields=["code"])
        Domain.objects.filter(tenant=school).update(is_primary=False)
        Domain.objects.update_or_create(domain=code, tenant=school, defaults={"is_primary": True})
        record(
            actor=actor,
            action="school.renamed",
            object_type="school",
            object_id=school.pk,
            details={"from": former, "to": code},
        )
        _announce()
    forget_routes()
    return school


def _require_free(code: str, *, except_for: School | None = None) -> None:
    """Refuse a code that leads, or led, to another school, or to the region's own host."""
    others = Domain.objects.filter(domain=code)
    if except_for is not None:
        others = others.exclude(tenant=except_for)
    if code == settings.REGION_LABEL or others.exists():
        raise CodeTakenError(code)


def _set_state(school: School, state: School.State, *, actor: Any, reason: str = "") -> None:
    before = school.state
    school.state = state
    school.state_changed_at = timezone.now()
    school.last_error = ""
    school.save(update_fields=["state", "state_changed_at", "last_error"])
    _note_state(school, actor=actor, reason=reason)
    record(
        actor=actor,
        action=f"school.{state.value}",
        object_type="school",
        object_id=school.pk,
        details={"from": before, "to": state.value},
    )
    announce("school.state_changed", {"school": school.pk, "state": state})
    _announce()
    _log.info("school_state", school=str(school.pk), state=state.value)


def _announce() -> None:
    """Tell the installation, after commit, that its list of schools changed (``settings.SCHOOLS_LISTENER``)."""
    if settings.SCHOOLS_LISTENER:
        transaction.on_commit(import_string(settings.SCHOOLS_LISTENER))


def _note_state(school: School, *, actor: Any, reason: str) -> None:
    StateChange.objects.create(school=school, state=school.state, reason=reason, at=timezone.now(), by_id=_id_of(actor))


def _id_of(actor: Any) -> UUID | None:
    return None if isinstance(actor, str) else actor.pk
