"""Imports as jobs: the uploaded files, how their sheets are read, and every row that was refused or remarked upon."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportJob(models.Model):
    """One import, from upload to result.

    ``counts`` holds numbers for the pages, ``named`` the ids of the people, pairs and consents that an applied import
    speaks of, ``absent`` the enrolments whose people the newer list does not name, as pairs ``[id, is_likely]``.
    ``worked_at`` is the last sign of life of a worker that checks or writes. ``is_journalled`` tells that everything
    it wrote is in its traces. ``is_feed``: a programme sent it on a schedule.
    """

    class State(models.TextChoices):
        """Life of an import. Nothing of the school changes before ``applying`` has become ``done``."""

        COLUMNS = "columns", _("Проверьте столбцы")
        CHECKING = "checking", _("Идёт проверка")
        CHECKED = "checked", _("Ждёт подтверждения")
        APPLYING = "applying", _("Идёт запись")
        DONE = "done", _("Загружено")
        FAILED = "failed", _("Не удалось загрузить")
        CANCELLED = "cancelled", _("Отменено")
        UNDONE = "undone", _("Загрузка отменена после записи")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("состояние"), max_length=10, choices=State, default=State.COLUMNS)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    applied_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    named = models.JSONField(default=dict)
    absent = models.JSONField(default=list)
    is_journalled = models.BooleanField(default=False)
    is_feed = models.BooleanField(default=False, db_default=False)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-created_at"], name="import_by_time")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {self.state}"


class ImportFile(models.Model):
    """A file of an import. ``content`` is kept until the import is applied or cancelled, and then forgotten.

    ``layouts`` is a list of sheets: ``sheet`` name, ``rows`` in it, ``is_visible``, ``kind`` (empty: not read),
    ``header_row`` in Excel's numbering, ``columns`` from field to 0-based column, ``class_name`` of a whole sheet,
    ``is_remembered`` when the school chose these columns for the same headings, or left such a sheet out, before,
    ``headings_key`` of the headings by which it was taken for a list, and, once it is checked,
    ``headings`` of a sheet from which rows were refused.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("файл"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    layouts = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "sha256"], name="import_file_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["sha256"], name="import_file_by_content")]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """A row that was refused, or taken with a remark. ``cells`` are its texts as read, kept for refused rows only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    is_refused = models.BooleanField()
    file = models.CharField(max_length=200)
    sheet = models.CharField(max_length=64)
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["job", "is_refused", "file", "sheet", "row"], name="import_row_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.file} {self.sheet} {self.row} {self.code}"


class RememberedLayout(models.Model):
    """The columns that people of the school chose for certain headings, proposed when the headings come again.

    ``headings_key`` is a hash: no text of a file is kept. ``columns`` go from field to 0-based column, ``kind`` is
    empty for sheets that are left out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    headings_key = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=10)
    columns = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.headings_key}"


class FeedPolicy(models.Model):
    """When what a programme feeds is written without a person: one row a school; none: never.

    ``most_refused_percent`` of the rows may be refused, ``most_absent`` people may be missing from the list.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    is_automatic = models.BooleanField(default=False)
    most_refused_percent = models.PositiveSmallIntegerField(default=5)
    most_absent = models.PositiveIntegerField(default=20)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return f"{self.is_automatic} {self.most_refused_percent} {self.most_absent}"


class ImportTrace(models.Model):
    """What one import wrote into one table: new rows, or rows that it changed, with ``before`` in the order of ``ids``.

    ``prints`` are 64-bit prints of the rows as the import left them, none for tables whose rows are never changed.
    ``before`` maps columns to former values.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="traces")
    table = models.CharField(max_length=40)
    is_new = models.BooleanField()
    ids = ArrayField(models.UUIDField())
    prints = ArrayField(models.BigIntegerField())
    before = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "table", "is_new"], name="import_trace_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {len(self.ids)}"
