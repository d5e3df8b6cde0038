"""Training that somebody has had to be a mentor."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.people.models import Person


class Training(models.Model):
    """One training that somebody has finished: «Школа наставников» of the school, or a course elsewhere.

    A record that should not have been made is struck out and stays readable. ``history`` are the former wordings
    (:mod:`schools.people.wordings`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the one of the constraint begins with it.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="training", db_index=False)
    title = models.CharField(_("программа обучения"), max_length=200)
    hours = models.PositiveSmallIntegerField(_("часов"), null=True, blank=True)
    begun_on = models.DateField(_("начато"), null=True, blank=True)
    finished_on = models.DateField(_("закончено"))
    document = models.CharField(_("документ"), max_length=120, blank=True)
    noted_by = models.UUIDField(_("кто записал (номер учётной записи)"), null=True, editable=False)
    noted_at = models.DateTimeField(_("когда записано"), editable=False)
    struck_at = models.DateTimeField(_("когда вычеркнуто"), null=True, editable=False)
    struck_by = models.UUIDField(_("кто вычеркнул (номер учётной записи)"), null=True, editable=False)
    struck_why = models.CharField(_("почему вычеркнуто"), max_length=200, blank=True, editable=False)
    history = models.JSONField(_("прежние записи"), default=list, editable=False)

    class Meta:
        constraints: ClassVar = [
            # What was struck out may be written anew.
            models.UniqueConstraint(
                fields=["person", "finished_on", "title", "struck_at"], name="training_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.finished_on}"
