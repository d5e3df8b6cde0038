"""Outbox and marks: two tables of the region's schema into which a school may insert and nothing else; daily rounds.

No database defaults and no identity keys here: Django would add RETURNING, which a role with INSERT alone is refused.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class Mark(models.Model):
    """A school's facts changed. Written by statement triggers in the change's own transaction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_schema = models.CharField(max_length=63)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["school_schema"], name="mark_by_school")]

    def __str__(self) -> str:
        return self.school_schema


class Outbox(models.Model):
    """A task to publish once its transaction is committed; the row goes when the task has been done.

    ``payload`` holds ids, and what a school cannot look up in the region: no names of its people. ``created_at`` is
    when its waiting began: for a task that is meant for later, that later time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school_schema = models.CharField(max_length=63, blank=True)
    task = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    # How often the broker has had it, and when last; a broker that forgets is given it again.
    sendings = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    # Sent so often in vain that a person must look: kept, and sent again only when one says so.
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_attempt_at"], name="outbox_by_turn")]

    def __str__(self) -> str:
        return self.task


class DailyRound(models.Model):
    """A day whose chores have been handed out; the row keeps a second sweeper from doing it again."""

    day = models.DateField(primary_key=True)
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.day.isoformat()
