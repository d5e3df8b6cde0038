"""Tombstones: a table of the region's schema into which a school writes, and reads its own rows.

No database defaults and no identity keys here: Django would add RETURNING, which more than an insert is needed for.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Tombstone(models.Model):
    """A person whose data a school has destroyed.

    ``people`` are the ids of the card and of the cards that were merged into it: in an older copy they are cards of
    their own. ``number`` is that of the school's request, by which what remains is named. ``facts`` are the act without
    names: what a restored school needs to have its act again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_schema = models.CharField(max_length=63)
    people = ArrayField(models.UUIDField())
    number = models.PositiveIntegerField()
    destroyed_at = models.DateTimeField()
    facts = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school_schema", "number"], name="tombstone_once"),
        ]

    def __str__(self) -> str:
        return f"{self.school_schema} {self.number}"
