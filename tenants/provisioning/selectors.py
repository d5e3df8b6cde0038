"""Reads of the ledger of schools' schemas. Runs in ``region()``."""

from __future__ import annotations

from tenants.provisioning.models import SchoolSchema
from tenants.registry.models import School


def migration_error(school: School) -> str:
    """Return the kind of error that keeps a school's schema from the newest version; empty when nothing does.

    ``school`` was granted by the register's selectors.
    """
    rows = SchoolSchema.objects.filter(schema_name=school.schema_name).exclude(error="")
    return rows.values_list("error", flat=True).first() or ""
