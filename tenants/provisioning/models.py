"""What the region remembers of schools' schemas: the ledger of their versions, and the script that makes a new one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SchoolSchema(models.Model):
    """One schema of a school, or of a spare that waits for its school: which migrations it has.

    ``migration_set`` is the hash of the migrations and rights it stands at, 64 hex digits. A row that a school takes
    stays and stops being a spare; ``error`` names the kind of a failure that keeps the schema from migrating.
    """

    schema_name = models.CharField(primary_key=True, max_length=14)
    migration_set = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, blank=True)
    is_spare = models.BooleanField(default=False)
    error = models.CharField(max_length=100, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["changed_at"], name="spare_schemas", condition=models.Q(is_spare=True)),
        ]

    def __str__(self) -> str:
        return self.schema_name


class SchemaScript(models.Model):
    """The SQL that makes a school's tables and rights, captured from Django's own migration of an empty schema.

    One row for each set of migrations that this region has had. ``text`` holds ``script.PLACE`` where the name of
    the schema and role belongs; ``fingerprint`` is the catalogue's, of the schema it was captured from.
    """

    migration_set = models.CharField(primary_key=True, max_length=64)
    text = models.TextField()
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.migration_set[:12]
