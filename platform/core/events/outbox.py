"""Tasks are published through a row of the same transaction: a broken broker never loses one and never hangs a page."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.events.models import Outbox
from core.tenancy import Kind, region, require, require_school, shared

_log = structlog.get_logger(__name__)

_BATCH = 100
# However long the broker was away: so soon after its return everything is on its way.
_LONGEST_WAIT_SECONDS = 30
# The column's limit is far, but an outage of a fortnight must not reach it.
_MOST_ATTEMPTS = 1000


def enqueue(task: Any, **payload: Any) -> None:
    """Publish a Celery task after commit, from a school for that school, from the region for the region.

    ``payload`` must be JSON and hold ids only.
    """
    context = require()
    inside_school = context.kind in (Kind.SCHOOL, Kind.SHARED)
    now = timezone.now()
    schema = require_school() if inside_school else ""
    with shared() if context.kind is Kind.SCHOOL else nullcontext():
        Outbox.objects.create(
            school_schema=schema, task=task.name, payload=payload, created_at=now, next_attempt_at=now
        )


def enqueue_for_school(task: Any, *, school_schema: str, **payload: Any) -> None:
    """Publish a task of one school from the region: the way by which the region acts in a school at all."""
    now = timezone.now()
    Outbox.objects.create(
        school_schema=school_schema, task=task.name, payload=payload, created_at=now, next_attempt_at=now
    )


def relay_once() -> int:
    """Hand due outbox rows to the broker and delete them; return how many went out.

    A row is deleted only after the broker has it: a crash in between sends it twice, so tasks are idempotent.
    """
    with region(), transaction.atomic():
        rows = list(
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(next_attempt_at__lte=timezone.now())
            .order_by("created_at")[:_BATCH]
        )
        sent: list[Any] = []
        for row in rows:
            headers = {"school": row.school_schema} if row.school_schema else {}
            try:
                current_app.send_task(row.task, kwargs=row.payload, headers=headers, retry=False)
            except (OperationalError, RedisError, OSError) as error:
                _log.warning("broker_unavailable", error=type(error).__name__, waiting=len(rows) - len(sent))
                break
            sent.append(row.pk)
        Outbox.objects.filter(pk__in=sent).delete()
        late = [row.pk for row in rows if row.pk not in set(sent)]
        if late:
            wait = min(_LONGEST_WAIT_SECONDS, 2 ** min(8, max(row.attempts for row in rows)))
            Outbox.objects.filter(pk__in=late).update(
                attempts=Least(F("attempts") + 1, _MOST_ATTEMPTS),
                next_attempt_at=timezone.now() + timedelta(seconds=wait),
            )
        return len(sent)
