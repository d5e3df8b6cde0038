"""Where a restored school goes: back to its own place, to a free one, or to a new one as a copy."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.tenancy.context import is_school_schema
from tenants.provisioning.archive.manifest import Manifest, SchoolEntry
from tenants.provisioning.errors import ArchiveRefusedError, CodeTakenError
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.pool import new_schema_name
from tenants.provisioning.services import begin_restore
from tenants.registry.models import District, Domain, School
from tenants.registry.selectors import fold, folded


def place_for(manifest: Manifest, *, code: str, actor: str) -> School:
    """Return the school to restore into, in state ``restoring``. Runs in ``region()``.

    A school whose schema was dropped comes back under its own id; a restore that was interrupted is taken up again;
    otherwise a school is added, with the archive's id and schema where they are free.

    :raises CodeTakenError: when the code leads, or led, to another school, or to one that is at work, or another
        school's restore under this code was interrupted.
    :raises ArchiveRefusedError: when the archive's names are not such as this platform gives.
    """
    told = manifest.school
    wanted = code or told.code
    with transaction.atomic():
        found: School | None = School.objects.select_for_update(of=("self",)).filter(code=wanted).first()
        if found is None:
            return _added(told, wanted, actor=actor)
        if found.state == School.State.RESTORING and found.pk in (_id_of(told), _id_of_copy(told, wanted)):
            return found
        is_gone = found.state == School.State.CLOSED and not has_schema(found.schema_name)
        if str(found.pk) != told.id or not is_gone:
            raise CodeTakenError(wanted)
        return begin_restore(found, actor=actor)


def has_schema(schema: str) -> bool:
    """Tell whether a school's schema exists, by the ledger or the catalogue. Runs in ``region()``."""
    if SchoolSchema.objects.filter(pk=schema).exists():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s)", [schema])
        return bool(cursor.fetchone()[0])


def _added(told: SchoolEntry, code: str, *, actor: str) -> School:
    if code == settings.REGION_LABEL or Domain.objects.filter(domain=code).exists():
        raise CodeTakenError(code)
    school = School(
        id=_free_id(told, code),
        schema_name=_free_schema(told.schema),
        code=code,
        title=" ".join(told.title.split())[:200],
        district=_district(told.district),
        state=School.State.RESTORING,
    )
    school.full_clean(exclude=["schema_name", "district"])
    School.objects.bulk_create([school])
    Domain.objects.create(domain=code, tenant=school, is_primary=True)
    return begin_restore(school, actor=actor)


def _free_id(told: SchoolEntry, code: str) -> UUID:
    wanted = _id_of(told)
    return _id_of_copy(told, code) if School.objects.filter(pk=wanted).exists() else wanted


def _id_of(told: SchoolEntry) -> UUID:
    try:
        return UUID(told.id)
    except ValueError as error:
        raise ArchiveRefusedError("not_an_archive", _("Описание внутри архива испорчено.")) from error


def _id_of_copy(told: SchoolEntry, code: str) -> UUID:
    """Return the id of a school's copy under a code: by it an interrupted restore is known for its own."""
    return uuid5(_id_of(told), code)


def _free_schema(told: str) -> str:
    """Return the archive's name of the schema, or a new one where it is taken or not such a name at all."""
    is_free = is_school_schema(told) and not School.objects.filter(schema_name=told).exists() and not has_schema(told)
    return told if is_free else new_schema_name()


def _district(title: str) -> District | None:
    """Return the district of this name; a region that has none of it puts the school into one by hand."""
    return District.objects.alias(key=folded("title")).filter(key=fold(title)).first() if title else None
