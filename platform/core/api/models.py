"""Answers kept for requests that may come twice."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """What an unsafe request with an ``Idempotency-Key`` was answered, for a day.

    Lies in the world of the request, as everything that was said there. ``sender`` is the token or the user;
    ``body_hash`` tells whether a later request with the key is the same one. Secrets that are shown once are left out
    of ``body``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.UUIDField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sender", "route", "key"], name="answered_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
