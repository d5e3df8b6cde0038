"""Ready spares: schemas with tables, role and rights that wait for a school, so that creating one is a row.

A spare is a row of the ledger without a school: no host leads to it and nothing is in it. It migrates with everyone
else, so whoever takes it stands where every school stands.
"""

from __future__ import annotations

import secrets
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from core.audit.models import AuditRecord
from core.tenancy import region
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.schema import make_schema
from tenants.provisioning.script import ensure_script
from tenants.registry.models import School

_log = structlog.get_logger(__name__)

_LOCK: Final = 0x706F6F6C

# One statement, because creating a school is one act: spare, school, host and first steps together or not at all.
# Two schools asked for at the same moment get two spares. The foreign keys are checked at commit.
_TAKE: Final = """
WITH spare AS (
    UPDATE provisioning_schoolschema SET is_spare = false WHERE schema_name = (
        SELECT schema_name FROM provisioning_schoolschema WHERE is_spare AND error = ''
        ORDER BY changed_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING schema_name
), school AS (
    INSERT INTO registry_school
        (id, schema_name, code, title, district_id, state, created_at, state_changed_at, last_error)
    SELECT %(id)s::uuid, schema_name, %(code)s, %(title)s, %(district)s::uuid, 'ready', %(now)s, %(now)s, '' FROM spare
    RETURNING *
), host AS (
    INSERT INTO registry_domain (domain, tenant_id, is_primary) SELECT code, id, true FROM school
), steps AS (
    INSERT INTO registry_statechange (id, school_id, state, reason, at, by_id)
    SELECT gen_random_uuid(), school.id, step.state, '', step.at, %(by)s::uuid FROM school
    CROSS JOIN (VALUES ('creating', %(now)s), ('ready', %(now)s + interval '1 microsecond')) step (state, at)
), audit AS (
    INSERT INTO audit_auditrecord
        (id, at, actor_id, actor_label, action, object_type, object_id, details, request_id)
    SELECT gen_random_uuid(), %(now)s, %(by)s::uuid, %(label)s, %(action)s, 'school', id::text,
           '{"from": "spare"}'::jsonb, %(request)s FROM school
)
SELECT * FROM school
"""


def new_schema_name() -> str:
    """Return an opaque name for a school's schema and role."""
    return f"s_{secrets.token_hex(6)}"


def register_spare(school: School, *, audit: AuditRecord) -> School | None:
    """Store a new school on a spare, ready; None, and nothing stored, when the pool is empty.

    Takes id, code, title and district from ``school`` and writes ``audit`` along. Runs in ``region()``, in one round
    trip. Rolled back with the caller's transaction, the spare is in the pool again.

    :raises IntegrityError: when the code is taken.
    """
    if not settings.SPARE_SCHOOLS:
        return None
    values = {
        "id": school.pk,
        "code": school.code,
        "title": school.title,
        "district": school.district_id,
        "now": timezone.now(),
        "by": audit.actor_id,
        "label": audit.actor_label,
        "action": audit.action,
        "request": audit.request_id,
    }
    stored: School | None = next(iter(School.objects.raw(_TAKE, values)), None)
    return stored


def is_pool_low() -> bool:
    """Tell whether spares are missing. Region or roll-up."""
    return bool(settings.SPARE_SCHOOLS) and _missing() > 0


def _missing() -> int:
    return int(settings.SPARE_SCHOOLS) - SchoolSchema.objects.filter(is_spare=True).count()


def fill_pool() -> int:
    """Make the spares that are missing; return how many were made. Migrator only, outside every context.

    Each is made in a transaction of its own, so a provisioner killed here leaves whole spares or nothing. Without a
    script none are made: a spare begun by Django's own migration and killed would belong to nobody.
    """
    made = 0
    if not settings.SPARE_SCHOOLS or ensure_script() is None:
        return made
    while _take_turn():
        try:
            with region():
                missing = _missing()
            if missing <= 0:
                break
            make_schema(new_schema_name(), is_spare=True)
            made += 1
        finally:
            _leave_turn()
    if made:
        _log.info("spares_made", number=made)
    return made


def _take_turn() -> bool:
    """Hold the pool's lock of this session; False when another provisioner is filling it."""
    with region(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_catalog.pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _leave_turn() -> None:
    try:
        with region(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_catalog.pg_advisory_unlock(%s)", [_LOCK])
    except DatabaseError:
        # The session died and the server has freed the lock itself.
        return
