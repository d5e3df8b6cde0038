"""A transfer on its way, and the card that goes with it: three relations that schools reach through ``shared()``.

The rows belong to two schools, and row policies show them to nobody else. A transfer knows no person: the old school
keeps whom it is about. The card is written once, read by the two, and deleted when the transfer ends in any way; the
role ``region`` has no right on it at all.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Place(models.Model):
    """A working school as other schools may know it; a view of the register."""

    schema = models.CharField(primary_key=True, max_length=63)
    code = models.CharField(max_length=30)
    title = models.CharField(max_length=200)

    class Meta:
        managed = False

    def __str__(self) -> str:
        return self.title


class Transfer(models.Model):
    """An offer of one school to another, and what became of it.

    ``settled_at``: the old school has taken note of the end; ``called_at``: when one of the two was last asked to take
    note, the new one of the offer, the old one of the end. Only the columns after ``expires_at`` are ever changed: the
    database refuses the rest.
    """

    class State(models.TextChoices):
        """Life of a transfer; only an offered one can become anything else."""

        OFFERED = "offered", _("ждёт решения новой школы")
        ACCEPTED = "accepted", _("принят новой школой")
        DECLINED = "declined", _("отклонён новой школой")
        WITHDRAWN = "withdrawn", _("отозван")
        EXPIRED = "expired", _("срок истёк")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_schema = models.CharField(max_length=63)
    to_schema = models.CharField(max_length=63)
    leaves_on = models.DateField(_("с какого дня учится в новой школе"))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(_("состояние"), max_length=10, choices=State, default=State.OFFERED)
    decided_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["to_schema", "state"], name="transfer_by_receiver"),
            models.Index(fields=["expires_at"], condition=models.Q(settled_at__isnull=True), name="transfer_unsettled"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.leaves_on}"


class TransferCard(models.Model):
    """What the new school needs to know the pupil: read by the two schools, there only while the offer stands."""

    transfer = models.OneToOneField(Transfer, primary_key=True, on_delete=models.CASCADE, related_name="card")
    from_schema = models.CharField(max_length=63)
    to_schema = models.CharField(max_length=63)
    payload = models.JSONField()

    def __str__(self) -> str:
        return str(self.transfer_id)
