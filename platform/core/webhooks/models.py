"""Addresses that events go to, and every event on its way there. They lie in the world whose events they carry."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Webhook(models.Model):
    """An address of another programme and the kinds of event it wants.

    ``secret`` is sealed for this world; ``former_secret`` signs beside it until ``former_until``. ``failing_since`` is
    the first failure after the last success, ``rests_until`` spares a failing address and everybody who waits behind
    it. ``disabled_at`` tells that the platform switched it off, not a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("название"), max_length=100)
    url = models.CharField(_("адрес"), max_length=500)
    events = models.JSONField(default=list)
    secret = models.CharField(max_length=300)
    former_secret = models.CharField(max_length=300, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True)
    rests_until = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Delivery(models.Model):
    """One event for one address. ``payload`` holds ids; what the address answered is never read, only its status.

    ``retry_until``: after this no further attempt is made. ``attempts`` counts those that were made.
    """

    class State(models.TextChoices):
        """Life of a delivery."""

        PENDING = "pending", _("Отправляется")
        DELIVERED = "delivered", _("Доставлено")
        FAILED = "failed", _("Не доставлено")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    event = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(db_index=True)
    retry_until = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_fault = models.CharField(max_length=20, blank=True)
    last_took_ms = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["webhook", "-created_at"], name="delivery_by_webhook")]

    def __str__(self) -> str:
        return f"{self.event} {self.state}"
