"""Consents: one purpose a document, who signed, from when to when."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from schools.people.models import Person


class Consent(models.Model):
    """A consent on paper, recorded by the school. ``kind`` is the code of a kind of the region's reference data.

    ``counts_from``: it was given to another school, which was merged into this one on that day. ``is_withdrawn_own``:
    whoever it is about, or his parent, took it back on his own page; no slip of the school's then.
    """

    class Signer(models.TextChoices):
        """Who signed."""

        SELF = "self", _("сам")
        REPRESENTATIVE = "representative", _("представитель")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    kind = models.SlugField(_("вид согласия"), max_length=60)
    signer = models.CharField(_("кто подписал"), max_length=14, choices=Signer)
    signer_kinship = models.CharField(_("кем приходится"), max_length=40, blank=True)
    number = models.CharField(_("номер"), max_length=60, blank=True)
    given_on = models.DateField(_("дата"))
    valid_until = models.DateField(_("действует до"), null=True, blank=True)
    withdrawn_on = models.DateField(_("дата отзыва"), null=True, blank=True)
    is_withdrawn_own = models.BooleanField(_("отозвал сам"), default=False, db_default=False, editable=False)
    counts_from = models.DateField(_("учитывается с"), null=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "number", "given_on"], name="consent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} № {self.number} {self.given_on}"
