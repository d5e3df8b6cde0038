"""What stands on every paper of the school."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Requisites(models.Model):
    """The school's requisites: one row a school; none, or an empty field: the register's title, or a blank."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    full_name = models.CharField(_("полное наименование"), max_length=300, blank=True)
    address = models.CharField(_("адрес"), max_length=300, blank=True)
    place = models.CharField(_("место издания приказов"), max_length=120, blank=True)
    director_post = models.CharField(_("должность руководителя"), max_length=120, blank=True)
    director_name = models.CharField(_("ФИО руководителя"), max_length=300, blank=True)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return self.full_name
