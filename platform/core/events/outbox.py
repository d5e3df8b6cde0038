"""Tasks are published through a row of the same transaction: a broken broker never loses one and never hangs a page.

The row stays until the task has been done (:func:`acknowledge`): also a broker that had it and forgot loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import DatabaseError, transaction
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
# A task that the broker has is given some time to be done, each time twice as long; long imports take minutes.
_FIRST_PATIENCE_SECONDS = 10 * 60
_MOST_SENDINGS = 8
# The header by which a task knows its row.
HEADER = "outbox"


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
    """Hand due outbox rows to the broker; return how many went out.

    A row is sent again when its task has not been done in time, and after a crash between broker and commit: tasks are
    idempotent. One that fails however often it is sent is given up, with a line in the log.
    """
    with region(), transaction.atomic():
        rows = list(
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(next_attempt_at__lte=timezone.now())
            .order_by("created_at")[:_BATCH]
        )
        sent: list[Outbox] = []
        for row in rows:
            headers = {HEADER: str(row.pk)} | ({"school": row.school_schema} if row.school_schema else {})
            try:
                current_app.send_task(row.task, kwargs=row.payload, headers=headers, retry=False)
            except (OperationalError, RedisError, OSError) as error:
                _log.warning("broker_unavailable", error=type(error).__name__, waiting=len(rows) - len(sent))
                break
            sent.append(row)
        _note_sent(sent)
        late = [row.pk for row in rows if row not in sent]
        if late:
            wait = min(_LONGEST_WAIT_SECONDS, 2 ** min(8, max(row.attempts for row in rows)))
            Outbox.objects.filter(pk__in=late).update(
                attempts=Least(F("attempts") + 1, _MOST_ATTEMPTS),
                next_attempt_at=timezone.now() + timedelta(seconds=wait),
            )
        return len(sent)


def _note_sent(rows: list[Outbox]) -> None:
    now = timezone.now()
    for row in rows:
        row.sendings, row.sent_at = row.sendings + 1, now
        row.next_attempt_at = now + timedelta(seconds=_FIRST_PATIENCE_SECONDS * 2 ** (row.sendings - 1))
    given_up = [row for row in rows if row.sendings > _MOST_SENDINGS]
    for row in given_up:
        _log.error("task_given_up", task=row.task, outbox=str(row.pk), school=row.school_schema)
    Outbox.objects.filter(pk__in=[row.pk for row in given_up]).delete()
    Outbox.objects.bulk_update([row for row in rows if row not in given_up], ["sendings", "sent_at", "next_attempt_at"])


def acknowledge(headers: Mapping[str, Any] | None) -> None:
    """Drop the row of a task that has been done; a task without one (a wake-up, a command) has none to drop."""
    row_id = (headers or {}).get(HEADER)
    if not isinstance(row_id, str):
        return
    try:
        with region():
            Outbox.objects.filter(pk=row_id).delete()
    except DatabaseError as error:
        # It will be sent again, and done again: better than a task that fails after its work.
        _log.warning("task_not_acknowledged", outbox=row_id, error=type(error).__name__)
