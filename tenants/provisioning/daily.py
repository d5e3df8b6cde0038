"""The day's chores of every school, handed out once a day by the sweeper."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from core.events.daily import begin_round
from core.tenancy import region
from tenants.provisioning.models import SchoolSchema
from tenants.registry.models import School


def begin_round_if_due(now: datetime) -> bool:
    """Hand out the chores of the day, of all schools that have a schema, suspended ones too; False when it was done.

    Left out are closed schools, where nothing is to happen any more, and those that are being restored, whose rows are
    not whole.

    :param now: local time of the region.
    """
    if now.hour < settings.HOUSEKEEPING_HOUR:
        return False
    with region():
        resting = School.objects.filter(state__in=[School.State.CLOSED, School.State.RESTORING]).values("schema_name")
        schemas = SchoolSchema.objects.filter(is_spare=False).exclude(schema_name__in=resting).order_by("schema_name")
        return begin_round(now, list(schemas.values_list("schema_name", flat=True)))
