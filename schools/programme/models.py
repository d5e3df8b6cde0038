"""A school's programme years and their tasks: copies that a later version of a profile never rewrites."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgrammeYear(models.Model):
    """A year of the programme; it may begin on any date.

    ``profiles`` are those it was started from: ``[{"code", "version", "title", "base_word", "programme_word",
    "mentee_kinds"}]``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("название"), max_length=120)
    starts_on = models.DateField(_("первый день"), unique=True)
    ends_on = models.DateField(_("последний день"), null=True, blank=True)
    profiles = models.JSONField(_("профили"), default=list)
    copied_from = models.UUIDField(_("с какого года скопирован"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="programme_year_period",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProgrammeTask(models.Model):
    """A task of a year. Stages are a heading and an order and never lock anything.

    ``term`` is free text as schools write it; ``due_on`` a date where there is one. ``responsible`` are ids of people
    (no foreign keys: a list in one row), ``responsible_words`` the usual roles. ``product`` is the code of the page
    where the task is done. ``profile`` is empty for a task that the school added itself.
    """

    class State(models.TextChoices):
        """How far a task is; set by people, never by data alone."""

        TODO = "todo", _("не начато")
        WORK = "work", _("в работе")
        DONE = "done", _("сделано")
        SKIP = "skip", _("не нужно")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    year = models.ForeignKey(
        ProgrammeYear, on_delete=models.CASCADE, related_name="tasks", verbose_name=_("год программы")
    )
    profile = models.SlugField(_("профиль"), max_length=60, blank=True)
    stage_number = models.PositiveSmallIntegerField(_("номер этапа"))
    stage = models.CharField(_("этап"), max_length=200)
    position = models.PositiveSmallIntegerField(_("место в этапе"))
    title = models.CharField(_("что сделать"), max_length=200)
    term = models.CharField(_("срок"), max_length=120, blank=True)
    due_on = models.DateField(_("сделать до"), null=True, blank=True)
    responsible = ArrayField(models.UUIDField(), default=list, verbose_name=_("ответственные"))
    responsible_words = models.CharField(_("кто отвечает обычно"), max_length=200, blank=True)
    result = models.CharField(_("документ или результат"), max_length=200, blank=True)
    product = models.SlugField(_("где это делают"), max_length=40, blank=True)
    state = models.CharField(_("состояние"), max_length=5, choices=State, default=State.TODO)
    note = models.TextField(_("заметка"), max_length=1000, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["stage_number", "position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_own(self) -> bool:
        """Tell whether the school added the task itself."""
        return not self.profile


class SchoolForm(models.Model):
    """A form of mentoring that the school added to the region's list, with its two sides and its role variants.

    ``code`` stands in pairs as a regional form's does; it never changes and is never given again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(max_length=60, unique=True, editable=False)
    title = models.CharField(_("название"), max_length=120)
    mentor_kinds = models.JSONField(_("кто наставник"), default=list)
    mentee_kinds = models.JSONField(_("кто наставляемый"), default=list)
    is_mentor_outside = models.BooleanField(_("наставник не из школы"), default=False)
    role_variants = models.JSONField(_("ролевые модели"), default=list, db_default=[])
    is_offered = models.BooleanField(_("предлагается при составлении пар"), default=True)

    class Meta:
        ordering: ClassVar = ["title", "code"]

    def __str__(self) -> str:
        return self.title
