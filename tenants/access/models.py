"""Orders of the region about access to a school, kept with who gave them and why."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.registry.models import School


class AccessOrder(models.Model):
    """One order. The school carries it out by a task; no answer comes back, so nothing here tells of its people.

    ``login`` is the director's, for a reset. A reset waits until another administrator confirms it.
    """

    class Kind(models.TextChoices):
        """What was ordered."""

        INVITATION = "invitation", _("приглашение")
        RESET = "reset_director", _("сброс второго фактора директора")
        TEMPORARY = "temporary", _("временный доступ")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=14, choices=Kind)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="access_orders")
    role = models.SlugField(max_length=40, blank=True)
    login = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    requested_by = models.UUIDField()
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-requested_at"], name="access_order_by_time")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("requested_by")),
                name="two_different_administrators",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.requested_at:%Y-%m-%d}"
