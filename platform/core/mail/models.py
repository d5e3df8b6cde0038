"""How many letters each school's people were sent: counts alone, in the region's schema."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Tally(models.Model):
    """One school's letters of one day by what became of them; written by the school, as absolute numbers.

    ``digests`` of them were daily digests. ``lost``: nobody knows whether the server took them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_schema = models.CharField(max_length=63)
    day = models.DateField()
    waiting = models.PositiveIntegerField(default=0)
    sent = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    lost = models.PositiveIntegerField(default=0)
    digests = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "school_schema"], name="tally_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.school_schema} {self.day}"
