"""The end of a closed school's data: schema, role and archives go, the register and frozen figures stay."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.services import record
from core.tenancy import region
from tenants.provisioning.archive.terms import forget_archives_of
from tenants.provisioning.schema import drop_schema
from tenants.registry.errors import StateError
from tenants.registry.models import School


def drop_school(*, code: str, actor: str) -> None:
    """Drop the data of a closed school for good. Migrator only, outside every context; safe to repeat.

    :raises School.DoesNotExist: for an unknown code.
    :raises StateError: when the school is not closed.
    """
    with region(), transaction.atomic():
        school: School = School.objects.select_for_update(of=("self",)).get(code=code)
        if school.state != School.State.CLOSED:
            raise StateError(_("Данные удаляются только у закрытой школы"))
        drop_schema(school.schema_name)
        forget_archives_of(school.schema_name)
        record(actor=actor, action="school.dropped", object_type="school", object_id=school.pk)
