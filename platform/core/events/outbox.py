"""Tasks are published through a row of the same transaction: a broken broker never loses one and never hangs a page.

The row stays until the task has been done (:func:`acknowledge`): also a broker that had it and forgot loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.audit.services import record
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
# A task that was lost with its worker holds up the rest of its school only so long.
_BUSY_SECONDS = 120
# The region's own tasks have no share: there are few, and they are everybody's. The courier, who waits for other
# people's servers, has a line of his own beside each school's.
_TURN = """
WITH waiting AS (
    SELECT id, school_schema, task LIKE ANY(%(courier)s) AS is_courier, created_at, row_number() OVER (
        PARTITION BY school_schema, task LIKE ANY(%(courier)s) ORDER BY created_at, id
    ) AS place
    FROM events_outbox WHERE given_up_at IS NULL AND next_attempt_at <= %(now)s
), busy AS (
    SELECT school_schema, task LIKE ANY(%(courier)s) AS is_courier, count(*) AS number FROM events_outbox
    WHERE given_up_at IS NULL AND next_attempt_at > %(now)s AND sent_at > %(busy_since)s GROUP BY 1, 2
)
SELECT id FROM waiting LEFT JOIN busy USING (school_schema, is_courier)
WHERE school_schema = '' OR place + coalesce(number, 0) <= %(share)s
ORDER BY place, created_at LIMIT %(batch)s
"""
# The header by which a task knows its row.
HEADER = "outbox"


def enqueue(task: Any, **payload: Any) -> None:
    """Publish a Celery task after commit, from a school for that school, from the region for the region.

    ``payload`` must be JSON and hold ids only.
    """
    enqueue_at(task, timezone.now(), **payload)


def enqueue_at(task: Any, when: datetime, /, **payload: Any) -> None:
    """Publish a Celery task after commit and not before ``when``; otherwise as :func:`enqueue`."""
    enqueue_all(task, when, [payload])


def enqueue_all(task: Any, when: datetime, payloads: Iterable[Mapping[str, Any]]) -> None:
    """Publish a Celery task with each of several payloads by one statement; otherwise as :func:`enqueue_at`."""
    context = require()
    inside_school = context.kind in (Kind.SCHOOL, Kind.SHARED)
    schema = require_school() if inside_school else ""
    with shared() if context.kind is Kind.SCHOOL else nullcontext():
        # A task for later has not been waiting before: in lines and on the page of the platform's state it is young.
        Outbox.objects.bulk_create(
            Outbox(school_schema=schema, task=task.name, payload=payload, created_at=when, next_attempt_at=when)
            for payload in payloads
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
    idempotent. One that fails however often it is sent is given up, with a line in the log, until a person sends it
    again (:func:`send_again`). A school has so many tasks with the broker at a time (``TASKS_OF_A_SCHOOL_AT_ONCE``): a
    hundred imports of one school stand in its own line, not in everybody's.
    """
    with region(), transaction.atomic():
        rows = list(
            Outbox.objects.select_for_update(skip_locked=True).filter(pk__in=_their_turn()).order_by("created_at")
        )
        _give_up([row for row in rows if row.sendings >= _MOST_SENDINGS])
        rows = [row for row in rows if row.sendings < _MOST_SENDINGS]
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


def _their_turn() -> list[UUID]:
    """Return the rows that may go out now, the oldest of each school first, never more of one school than its share."""
    with connection.cursor() as cursor:
        now = timezone.now()
        busy_since = now - timedelta(seconds=_BUSY_SECONDS)
        share = settings.TASKS_OF_A_SCHOOL_AT_ONCE
        courier = [f"{beginning}%" for beginning in settings.COURIER_TASKS]
        values: dict[str, Any] = {
            "now": now,
            "busy_since": busy_since,
            "share": share,
            "batch": _BATCH,
            "courier": courier,
        }
        cursor.execute(_TURN, values)
        return [pk for (pk,) in cursor.fetchall()]


def send_again(*, actor: Any, outbox_id: UUID) -> bool:
    """Send a task that was given up once more, from the beginning; False when there is none such. In ``region()``."""
    with transaction.atomic():
        sent = Outbox.objects.filter(pk=outbox_id, given_up_at__isnull=False).update(
            given_up_at=None, sendings=0, attempts=0, sent_at=None, next_attempt_at=timezone.now()
        )
        if sent:
            record(actor=actor, action="outbox.sent_again", object_type="outbox", object_id=outbox_id)
    return bool(sent)


def _note_sent(rows: list[Outbox]) -> None:
    now = timezone.now()
    for row in rows:
        row.sendings, row.sent_at = row.sendings + 1, now
        row.next_attempt_at = now + timedelta(seconds=_FIRST_PATIENCE_SECONDS * 2 ** (row.sendings - 1))
    Outbox.objects.bulk_update(rows, ["sendings", "sent_at", "next_attempt_at"])


def _give_up(rows: list[Outbox]) -> None:
    """Leave to a person what was sent as often as may be and was not done in its time."""
    if not rows:
        return
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(given_up_at=timezone.now())
    for row in rows:
        _log.error("task_given_up", task=row.task, outbox=str(row.pk), school=row.school_schema)


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
