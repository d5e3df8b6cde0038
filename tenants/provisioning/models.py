"""What the region remembers of schools' schemas: which version each has, what makes a new one, archives."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Archive(models.Model):
    """An archive of a school that was asked for; the file itself is in parts, which the region cannot read.

    ``taken_at`` is when the school's director first had all of the file. ``school_schema`` is the database's own key:
    row policies show a school its own archives only.
    """

    class State(models.TextChoices):
        """Life of an archive."""

        ASKED = "asked", _("готовится")
        READY = "ready", _("готов")
        FAILED = "failed", _("не получился")
        FORGOTTEN = "forgotten", _("удалён по сроку")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_schema = models.CharField(max_length=63)
    state = models.CharField(_("состояние"), max_length=10, choices=State, default=State.ASKED)
    is_by_region = models.BooleanField(default=False)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    taken_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["school_schema", "-asked_at"], name="archive_by_school"),
            models.Index(fields=["expires_at"], name="archive_by_term", condition=models.Q(state="ready")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school_schema"], condition=models.Q(state="asked"), name="one_archive_in_work"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ArchivePart(models.Model):
    """A piece of an archive's file; readable by the school alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    archive = models.ForeignKey(Archive, on_delete=models.CASCADE, related_name="parts")
    school_schema = models.CharField(max_length=63)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["archive", "number"], name="archive_part_once")]

    def __str__(self) -> str:
        return f"{self.archive_id} {self.number}"
