"""Papers of mentors from outside, and what the school has decided about them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.people.models import Person


class Clearance(models.Model):
    """A paper that the school keeps of a mentor from outside. ``kind`` is a code of the region's reference data.

    ``history`` are the former wordings, the oldest first: ``{"at", "by", "was": {column: value}}`` with the time, the
    account and the columns that were changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: the one of the constraint begins with it.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="clearances", db_index=False)
    kind = models.SlugField(_("вид документа"), max_length=60, db_index=False)
    number = models.CharField(_("номер"), max_length=60, blank=True)
    issuer = models.CharField(_("кем выдан или с кем заключён"), max_length=200, blank=True)
    issued_on = models.DateField(_("дата"))
    valid_until = models.DateField(_("действует до"), null=True, blank=True)
    withdrawn_on = models.DateField(_("с какого дня не действует"), null=True, blank=True)
    withdrawn_why = models.CharField(_("почему не действует"), max_length=200, blank=True)
    recorded_by = models.UUIDField(_("кто записал (номер учётной записи)"), null=True, editable=False)
    recorded_at = models.DateTimeField(_("когда записан"), editable=False)
    history = models.JSONField(_("прежние записи"), default=list, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "number", "issued_on"], name="clearance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} № {self.number} {self.issued_on}"


class ClearanceRules(models.Model):
    """What the school has decided: at most one row. ``rules`` maps cells to values of ``domain.Rule``.

    A cell is ``<kind of paper>.<kind of person>`` (neither code has a dot), or the kind of paper alone for all kinds of
    people that are not named besides. What is not named at all goes by the region's default.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rules = models.JSONField(default=dict)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return str(self.rules)
