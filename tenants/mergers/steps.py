"""Steps of a merger that a school takes: rows only. Who may, and what becomes of people, the schools decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.tenancy import require_school, shared
from tenants.mergers.errors import MergerError
from tenants.mergers.models import Merger, MergerPlan, MergerStep

Kind = MergerStep.Kind


@dataclass(frozen=True, slots=True)
class OwnMerger:
    """A merger as one of its two schools sees it; ``steps`` are (``is_own``, kind) → (when, counts)."""

    id: UUID
    state: str
    day: date
    basis: str
    from_code: str
    from_title: str
    to_title: str
    asked_at: datetime
    is_taking: bool
    other_schema: str
    steps: Mapping[tuple[bool, str], tuple[datetime, Mapping[str, Any]]]
    plan_counts: Mapping[str, int] | None
    plan_classes: Mapping[str, str]

    @property
    def is_open(self) -> bool:
        """Tell whether the directors can still decide."""
        return self.state == Merger.State.ASKED and not any(kind == Kind.DECLINED for _own, kind in self.steps)

    @property
    def has_agreed(self) -> bool:
        """Tell whether this school's director has agreed."""
        return (True, Kind.AGREED) in self.steps

    @property
    def has_other_agreed(self) -> bool:
        """Tell whether the other school's director has agreed."""
        return (False, Kind.AGREED) in self.steps


def own_mergers(merger_id: UUID | None = None) -> list[OwnMerger]:
    """Return the mergers of the current school (or the one), the latest first; three queries. In a school."""
    own = require_school()
    with shared():
        rows = Merger.objects.filter(Q(from_schema=own) | Q(to_schema=own)).order_by("-asked_at", "pk")
        if merger_id is not None:
            rows = rows.filter(pk=merger_id)
        found = list(rows)
        keys = [row.pk for row in found]
        steps = list(MergerStep.objects.filter(merger__in=keys))
        plans = {plan.merger_id: plan for plan in MergerPlan.objects.filter(merger__in=keys)}
    return [_own(row, own, steps, plans.get(row.pk)) for row in found]


def undecided() -> UUID | None:
    """Return a merger to which the current school has said neither yes nor no; one query. In a school."""
    own = require_school()
    with shared():
        decided = MergerStep.objects.filter(
            merger=OuterRef("pk"), school_schema=own, kind__in=(Kind.AGREED, Kind.DECLINED)
        )
        waiting = Merger.objects.filter(Q(from_schema=own) | Q(to_schema=own), state=Merger.State.ASKED)
        return waiting.filter(~Exists(decided)).values_list("pk", flat=True).first()


def _own(row: Merger, own: str, steps: list[MergerStep], plan: MergerPlan | None) -> OwnMerger:
    is_taking = row.to_schema == own
    shown = plan if is_taking else None
    return OwnMerger(
        id=row.pk,
        state=row.state,
        day=row.day,
        basis=row.basis,
        from_code=row.from_code,
        from_title=row.from_title,
        to_title=row.to_title,
        asked_at=row.asked_at,
        is_taking=is_taking,
        other_schema=row.from_schema if is_taking else row.to_schema,
        steps={
            (step.school_schema == own, step.kind): (step.at, step.counts) for step in steps if step.merger_id == row.pk
        },
        plan_counts=None if shown is None else shown.counts,
        plan_classes={} if shown is None else shown.classes,
    )


def note_step(merger: OwnMerger, kind: str, *, by: UUID | None = None, counts: Mapping[str, Any] | None = None) -> None:
    """Record a step of the current school."""
    own = require_school()
    with shared():
        MergerStep.objects.create(
            merger_id=merger.id,
            school_schema=own,
            other_schema=merger.other_schema,
            kind=kind,
            at=timezone.now(),
            by=by,
            counts=dict(counts or {}),
        )


def require_state(merger_id: UUID, state: str) -> None:
    """Make sure, after a step was noted, that the region has not gone on meanwhile: it waits for the step's row.

    :raises MergerError: when it has; the caller's transaction takes the step back.
    """
    with shared():
        if Merger.objects.filter(pk=merger_id).values_list("state", flat=True).first() != state:
            raise MergerError("merger_moved_on", _("Объединение уже в другом состоянии: обновите страницу."))


def forget_steps(merger: OwnMerger, *kinds: str) -> None:
    """Take steps back, of either school."""
    with shared():
        MergerStep.objects.filter(merger=merger.id, kind__in=kinds).delete()


def store_plan(merger: OwnMerger, *, counts: Mapping[str, int], classes: Mapping[str, str]) -> None:
    """Store what the current school is to decide by, in place of what was there."""
    own = require_school()
    with shared():
        values = {"school_schema": own, "other_schema": merger.other_schema}
        values_now = {**values, "counts": dict(counts), "classes": dict(classes)}
        MergerPlan.objects.update_or_create(merger_id=merger.id, defaults=values_now)
