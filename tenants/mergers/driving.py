"""What comes next in each merger: asked of the schools again and again until it is done.

Nothing is remembered but what stands in the rows, so whatever was killed is taken up where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.events.models import Outbox
from core.events.outbox import enqueue_for_school
from core.tenancy import region
from tenants.mergers.models import Merger, MergerStep
from tenants.provisioning.models import SchoolSchema
from tenants.provisioning.services import change_state
from tenants.registry.models import School
from tenants.tombstones.journal import Buried, line_of
from tenants.tombstones.models import Tombstone

Kind = MergerStep.Kind
# A school that was asked for its step and has not taken it is asked again.
_PATIENCE: Final = timedelta(minutes=2)
# A task that was lost with its worker holds nothing up for longer.
_AT_WORK: Final = timedelta(minutes=10)
_BY_ITSELF: Final = "merger"


@dataclass(frozen=True)
class Tasks:
    """The schools' tasks, which the layer above has."""

    hand_over: Any
    plan: Any
    take_in: Any
    forget: Any


def advance_mergers(tasks: Tasks) -> int:
    """Ask for, or do, what comes next in every merger; return in how many something was. By itself, in the region."""
    now = timezone.now()
    with region():
        leftover = MergerStep.objects.filter(merger=OuterRef("pk"), kind=Kind.SAMPLED)
        given_up = Q(state__in=(Merger.State.DECLINED, Merger.State.CALLED_OFF)) & Exists(leftover)
        open_ones = Q(state__in=(Merger.State.ASKED, Merger.State.RUNNING))
        keys = list(Merger.objects.filter(open_ones | given_up).order_by("asked_at").values_list("pk", flat=True))
        return sum(_advance(key, tasks, now) for key in keys) + _follow_destructions(tasks, now)


def _follow_destructions(tasks: Tasks, now: datetime) -> int:
    """Have whoever was destroyed in the school that took the other in destroyed in the closed one too.

    The two have no number in common: requests of the one were numbered after those of the other.
    """
    kept = SchoolSchema.objects.values("schema_name")
    called = 0
    for merger in Merger.objects.filter(state=Merger.State.DONE, from_schema__in=kept):
        known = Tombstone.objects.filter(school_schema=merger.from_schema).values("number")
        later = Tombstone.objects.filter(school_schema=merger.to_schema, destroyed_at__gt=merger.finished_at)
        missing = [Buried.of(row) for row in later.exclude(number__in=known).order_by("number")]
        is_waiting = merger.called_at is not None and merger.called_at > now - _PATIENCE
        if missing and not is_waiting:
            told = [line_of(row) for row in missing]
            enqueue_for_school(tasks.forget, school_schema=merger.from_schema, tombstones=told)
            Merger.objects.filter(pk=merger.pk).update(called_at=now)
            called += 1
    return called


def _advance(key: Any, tasks: Tasks, now: datetime) -> bool:
    with transaction.atomic():
        merger = Merger.objects.select_for_update(skip_locked=True).filter(pk=key).first()
        if merger is None:
            return False
        steps = dict(merger.steps.values_list("kind", "at"))
        if merger.state == Merger.State.ASKED:
            return _before(merger, steps, tasks, now)
        if merger.state == Merger.State.RUNNING:
            return _while_running(merger, steps, tasks, now)
        # Given up after a plan was packed: the taking school forgets the package.
        merger.steps.filter(kind=Kind.SAMPLED).delete()
        enqueue_for_school(tasks.plan, school_schema=merger.to_schema, merger_id=str(merger.pk))
        return True


def _before(merger: Merger, steps: dict[str, datetime], tasks: Tasks, now: datetime) -> bool:
    """Have a plan made once the school that goes has agreed."""
    if Kind.DECLINED in steps:
        _set_state(merger, Merger.State.DECLINED, now)
        return True
    has_agreed = merger.steps.filter(kind=Kind.AGREED, school_schema=merger.from_schema).exists()
    if not has_agreed or Kind.PLANNED in steps:
        return False
    if Kind.SAMPLED in steps:
        return _call(merger, merger.to_schema, tasks.plan, steps[Kind.SAMPLED], now)
    return _call(merger, merger.from_schema, tasks.hand_over, merger.asked_at, now)


def _while_running(merger: Merger, steps: dict[str, datetime], tasks: Tasks, now: datetime) -> bool:
    began = merger.began_at or now
    if Kind.TAKEN in steps:
        _finish(merger, now)
        return True
    if School.objects.filter(schema_name=merger.from_schema, state=School.State.READY).exists():
        _stop(merger)
        return True
    if Kind.PACKED in steps:
        return _call(merger, merger.to_schema, tasks.take_in, steps[Kind.PACKED], now)
    # Whoever was at work in the school when it was suspended has ended by then; so have its tasks.
    is_quiet = now - began >= timedelta(seconds=settings.MERGER_QUIET_SECONDS) and not _is_at_work(merger, now)
    return is_quiet and _call(merger, merger.from_schema, tasks.hand_over, began, now)


def _is_at_work(merger: Merger, now: datetime) -> bool:
    """Tell whether a worker may still have a task that changes the school that goes."""
    handed_out = Outbox.objects.filter(school_schema=merger.from_schema, sent_at__gt=now - _AT_WORK)
    return handed_out.exclude(task__startswith="core.webhooks.").exclude(task__startswith="schools.mergers.").exists()


def _call(merger: Merger, schema: str, task: Any, since: datetime, now: datetime) -> bool:
    """Hand a school its task, unless it was handed it a while ago."""
    called = merger.called_at
    if called is not None and called > since and called > now - _PATIENCE:
        return False
    enqueue_for_school(task, school_schema=schema, merger_id=str(merger.pk))
    Merger.objects.filter(pk=merger.pk).update(called_at=now)
    return True


def _stop(merger: Merger) -> None:
    """Go back to before the beginning: somebody let the school work again, and what was packed is out of date."""
    merger.steps.filter(kind=Kind.PACKED).delete()
    Merger.objects.filter(pk=merger.pk).update(state=Merger.State.ASKED, began_at=None, called_at=None)
    record(actor=_BY_ITSELF, action="merger.stopped", object_type="merger", object_id=merger.pk)


def _finish(merger: Merger, now: datetime) -> None:
    """Close the school whose people are all in the other one."""
    words = _("Объединена со школой «%(title)s»") % {"title": merger.to_title}
    going = School.objects.select_for_update(of=("self",)).get(schema_name=merger.from_schema)
    for state in (School.State.SUSPENDED, School.State.CLOSED):
        if going.state not in (state, School.State.CLOSED):
            # What an archive would hold is in the other school, whatever was announced before.
            going = change_state(actor=_BY_ITSELF, school_id=going.pk, state=state, reason=words, without_archive=True)
    Merger.objects.filter(pk=merger.pk).update(called_at=None)
    _set_state(merger, Merger.State.DONE, now)


def _set_state(merger: Merger, state: Merger.State, now: datetime) -> None:
    Merger.objects.filter(pk=merger.pk).update(state=state, finished_at=now)
    record(actor=_BY_ITSELF, action=f"merger.{state.value}", object_type="merger", object_id=merger.pk)
