"""Region, districts, schools and hosts: the register that every request starts from."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

# Not «$», which lets a line break follow.
CODE_PATTERN = r"^[a-z0-9][a-z0-9-]{1,29}\Z"


class Region(models.Model):
    """The one region of this installation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("название"), max_length=200)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return self.title


class Installation(models.Model):
    """What this database remembers of the installation that made it; written by the migrator alone.

    ``rotating_to`` is the fingerprint of the pepper that is taking the other's place; while it is set, keys of both
    stand in the schools, and nothing starts or counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pepper_fingerprint = models.CharField(max_length=64)
    rotating_to = models.CharField(max_length=64, blank=True, default="", db_default="")
    made_at = models.DateTimeField(auto_now_add=True)
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return self.pepper_fingerprint[:12]


class District(models.Model):
    """A municipal district or city okrug."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("название"), max_length=200, unique=True)

    def __str__(self) -> str:
        return self.title


class School(TenantMixin):  # type: ignore[misc]
    """A school: a tenant with a schema and a database role of the same opaque name."""

    class State(models.TextChoices):
        """Life of a school; only ``ready`` answers requests."""

        CREATING = "creating", _("создаётся")
        RESTORING = "restoring", _("восстанавливается")
        READY = "ready", _("работает")
        SUSPENDED = "suspended", _("приостановлена")
        CLOSED = "closed", _("закрыта")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(
        _("код"),
        max_length=30,
        unique=True,
        validators=[RegexValidator(CODE_PATTERN)],
        help_text=_("Латинские буквы, цифры и дефис: из кода получается адрес школы"),
    )
    title = models.CharField(_("название"), max_length=200)
    district = models.ForeignKey(
        District,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="schools",
        verbose_name=_("район"),
        help_text=_("Не заполняется для школ регионального подчинения"),
    )
    state = models.CharField(_("состояние"), max_length=10, choices=State, default=State.CREATING)
    created_at = models.DateTimeField(auto_now_add=True)
    state_changed_at = models.DateTimeField(auto_now_add=True)
    last_error = models.TextField(blank=True)
    # Announced by the region; the school works on and hands over. Database defaults: a spare is taken by SQL alone.
    closing_on = models.DateField(_("закрывается"), null=True, blank=True)
    closing_reason = models.CharField(_("причина закрытия"), max_length=300, blank=True, default="", db_default="")
    closing_announced_at = models.DateTimeField(null=True, blank=True)

    auto_create_schema = False
    auto_drop_schema = False

    def __str__(self) -> str:
        return self.title


class StateChange(models.Model):
    """One step in a school's life and why it was taken; appended, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="state_changes")
    state = models.CharField(_("состояние"), max_length=10, choices=School.State)
    reason = models.CharField(_("причина"), max_length=300, blank=True)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [models.Index(fields=["school", "-at"], name="state_change_by_school")]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.state}"


class Domain(DomainMixin):  # type: ignore[misc]
    """A host label of a school: its code now (primary) and its former codes, which redirect."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant"], condition=models.Q(is_primary=True), name="one_primary_host"),
        ]
