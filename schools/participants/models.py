"""What participants tell the school in confidence."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.pairs.models import Pair
from schools.people.models import Person

LONGEST_TEXT = 1000


class Concern(models.Model):
    """«Мне некомфортно»: from a participant, or from a parent about his child, to the curator and the psychologist.

    ``person`` is whom it is about. Whoever stands on the other side of the pair never sees it, whatever else he is.
    """

    class State(models.TextChoices):
        """How far it is; the values are those of ``domain.ConcernState``."""

        NEW = "new", _("ждёт ответа")
        TAKEN = "taken", _("этим занимаются")
        CLOSED = "closed", _("закрыто")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="concerns")
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="concerns")
    text = models.CharField(_("что случилось"), max_length=LONGEST_TEXT, blank=True)
    said_by = models.UUIDField(_("кто написал (номер учётной записи)"), null=True)
    said_at = models.DateTimeField(_("когда"))
    state = models.CharField(_("состояние"), max_length=6, choices=State, default=State.NEW)
    taken_by = models.UUIDField(_("кто занимается (номер учётной записи)"), null=True, blank=True)
    taken_at = models.DateTimeField(_("когда взято"), null=True, blank=True)
    closed_at = models.DateTimeField(_("когда закрыто"), null=True, blank=True)
    outcome = models.CharField(_("чем закончилось"), max_length=LONGEST_TEXT, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="new") | models.Q(taken_by__isnull=False), name="concern_taken_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.said_at:%d.%m.%Y} {self.get_state_display()}"
