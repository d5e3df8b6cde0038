"""A merger of two schools on its way: five relations, of which the region reads states, days and counts.

The rows that schools write belong to the two of them, by row policies; the package and the plan are read by no other
role. ``school_schema`` is the school that wrote a row, ``other_schema`` the one that it is for.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Merger(models.Model):
    """School ``from`` becomes a part of school ``to`` as of ``day``; written by the region alone.

    Titles are kept as they were when it was asked for. ``called_at`` is when a school was last asked for its next step.
    """

    class State(models.TextChoices):
        """Life of a merger."""

        ASKED = "asked", _("ждёт согласия школ")
        RUNNING = "running", _("выполняется")
        DONE = "done", _("выполнено")
        DECLINED = "declined", _("отклонено школой")
        CALLED_OFF = "called_off", _("отменено регионом")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_schema = models.CharField(max_length=63)
    to_schema = models.CharField(max_length=63)
    from_code = models.CharField(max_length=30)
    from_title = models.CharField(max_length=200)
    to_title = models.CharField(max_length=200)
    day = models.DateField(_("с какого дня одна школа"))
    basis = models.CharField(_("основание"), max_length=300)
    state = models.CharField(_("состояние"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["from_schema"], condition=models.Q(state__in=("asked", "running")), name="one_merger_at_a_time"
            ),
            models.CheckConstraint(condition=~models.Q(from_schema=models.F("to_schema")), name="merger_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.from_code} {self.day}"


class MergerStep(models.Model):
    """What a school has done of a merger; ``counts`` maps names of counts to numbers, nothing else."""

    class Kind(models.TextChoices):
        """The steps, in their order; either school may decline until the region begins."""

        AGREED = "agreed", _("согласие директора")
        DECLINED = "declined", _("отказ директора")
        SAMPLED = "sampled", _("данные для плана подготовлены")
        PLANNED = "planned", _("план составлен")
        PACKED = "packed", _("данные переданы")
        TAKEN = "taken", _("данные приняты")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merger = models.ForeignKey(Merger, on_delete=models.CASCADE, related_name="steps")
    school_schema = models.CharField(max_length=63)
    other_schema = models.CharField(max_length=63)
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    by = models.UUIDField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merger", "school_schema", "kind"], name="merger_step_once"),
        ]

    def __str__(self) -> str:
        return str(self.kind)


class MergerPlan(models.Model):
    """What the taking school's director decides by: counts, and the titles that classes get; of no person.

    ``classes`` maps the other school's titles to those they will have here, for classes that both have.
    """

    merger = models.OneToOneField(Merger, primary_key=True, on_delete=models.CASCADE, related_name="plan")
    school_schema = models.CharField(max_length=63)
    other_schema = models.CharField(max_length=63)
    counts = models.JSONField(default=dict)
    classes = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.merger_id)


class MergerPart(models.Model):
    """A piece of the package from one school to the other; there only between the packing and the taking."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    merger = models.ForeignKey(Merger, on_delete=models.CASCADE, related_name="parts")
    school_schema = models.CharField(max_length=63)
    other_schema = models.CharField(max_length=63)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["merger", "number"], name="merger_part_once")]

    def __str__(self) -> str:
        return f"{self.merger_id} {self.number}"
