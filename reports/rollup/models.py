"""Tables of the roll-up, all in the region's schema and without a name or a birth date.

The role ``rollup`` writes them; the role ``region`` reads figures and never the keys of people (``config.rights``).
Schools are meant by id, without a foreign key: rows come and go in bulk, and the sweeper clears what a closed school
leaves.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ledger(models.Model):
    """One row: the lock under which results are written, and what they were computed by."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    definition_ids = models.JSONField(default=list)
    first_day = models.DateField(null=True)
    # The last run that had something to do: when it ended, how long it took, of how many schools.
    run_at = models.DateTimeField(null=True)
    run_seconds = models.FloatField(default=0)
    run_schools = models.PositiveIntegerField(default=0)
    # When the sweeper was last seen at work.
    swept_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.first_day)


class SchoolState(models.Model):
    """How far a school is rolled up. It is due when ``version`` is ahead or ``next_boundary`` has come.

    ``due_since`` is the moment of the first change that is not rolled up; a day that has come leaves none.

    ``version`` grows with every fold of the school's marks; ``lease`` is the token of who works on it, until
    ``lease_until``: a worker that was killed is replaced, one that was only slow finds its token gone.
    """

    school_id = models.UUIDField(primary_key=True)
    schema_name = models.CharField(max_length=63, unique=True)
    district_id = models.UUIDField(null=True)
    version = models.BigIntegerField(default=1)
    computed_version = models.BigIntegerField(default=0)
    computed_on = models.DateField(null=True)
    next_boundary = models.DateField(null=True)
    keys_sum = models.BigIntegerField(null=True)
    audited_on = models.DateField(null=True)
    due_since = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.schema_name


class Cell(models.Model):
    """The figures of one school by one version of a definition: people of this school, each record once."""

    pk = models.CompositePrimaryKey("school_id", "definition_id")
    school_id = models.UUIDField()
    definition_id = models.UUIDField()
    num = models.PositiveIntegerField()
    den = models.PositiveIntegerField()
    lacks_consent = models.PositiveIntegerField()
    as_of = models.DateField()
    version = models.BigIntegerField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class PersonKey(models.Model):
    """The keyed hashes of one record, who it is over the region, and whether the region holds another of the same."""

    pk = models.CompositePrimaryKey("school_id", "person")
    school_id = models.UUIDField()
    person = models.UUIDField()
    name_key = models.CharField(max_length=32)
    snils_key = models.CharField(max_length=32, blank=True)
    identity = models.CharField(max_length=34, blank=True)
    is_shared = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name_key"], name="personkey_by_name"),
            models.Index(fields=["identity"], name="personkey_by_identity"),
            models.Index(fields=["school_id"], name="personkey_shared", condition=models.Q(is_shared=True)),
        ]

    def __str__(self) -> str:
        return self.identity


class SharedRecord(models.Model):
    """A record, in the base of a definition today, of somebody who has other records: what a sum counts again."""

    pk = models.CompositePrimaryKey("school_id", "person", "definition_id")
    school_id = models.UUIDField()
    person = models.UUIDField()
    definition_id = models.UUIDField()
    is_engaged = models.BooleanField()
    lacks_consent = models.BooleanField()

    def __str__(self) -> str:
        return f"{self.person}"


class PersonRepeat(models.Model):
    """How often one person is counted again by a plain sum over a district (None: the region)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.CharField(max_length=34)
    district_id = models.UUIDField(null=True)
    definition_id = models.UUIDField()
    num = models.PositiveIntegerField()
    den = models.PositiveIntegerField()
    lacks_consent = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["identity"], name="personrepeat_by_identity")]

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class Repeat(models.Model):
    """By how much the plain sum over the schools of a district (None: the region) exceeds distinct people."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district_id = models.UUIDField(null=True)
    definition_id = models.UUIDField()
    num = models.PositiveIntegerField()
    den = models.PositiveIntegerField()
    lacks_consent = models.PositiveIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["district_id", "definition_id"], name="repeat_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"


class Audit(models.Model):
    """One night's full recompute: how many schools were compared, and how many cells were wrong (0, or a defect)."""

    day = models.DateField(primary_key=True)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    schools = models.PositiveIntegerField(default=0)
    differences = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.differences}"


class Snapshot(models.Model):
    """The figures of a month's end, kept as they were when they were frozen. Rows are added, never changed.

    ``receipt`` says what they were computed by: the versions of definitions, the schools, the exclusions by reason.
    """

    class Kind(models.TextChoices):
        """How the figures came about."""

        FROZEN = "frozen", _("зафиксировано")
        RESTORED = "restored", _("восстановлено")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    day = models.DateField(unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    taken_at = models.DateTimeField()
    schools = models.PositiveIntegerField()
    receipt = models.JSONField()

    class Meta:
        ordering: ClassVar = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


class SnapshotFigure(models.Model):
    """One frozen figure. ``scope_id`` is the district's or the school's id, None for the region.

    ``repeats_num`` and ``repeats_den`` are what the plain sum over schools would have counted again, because
    ``people_repeated`` people stand in the base of several.
    """

    class Level(models.TextChoices):
        """Whose figure it is."""

        REGION = "region", _("регион")
        DISTRICT = "district", _("район")
        SCHOOL = "school", _("школа")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="figures")
    level = models.CharField(max_length=8, choices=Level)
    scope_id = models.UUIDField(null=True)
    district_id = models.UUIDField(null=True)
    definition_code = models.SlugField(max_length=60)
    definition_id = models.UUIDField()
    num = models.PositiveIntegerField()
    den = models.PositiveIntegerField()
    lacks_consent = models.PositiveIntegerField()
    repeats_num = models.PositiveIntegerField(default=0)
    repeats_den = models.PositiveIntegerField(default=0)
    people_repeated = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["snapshot", "definition_code", "level", "scope_id"],
                name="figure_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.num}/{self.den}"
