"""Events on their way: written with the event, attempted by the courier, repeated until taken or too late.

At least once: a courier that dies between the request and its note sends again. A receiver tells repetitions by the
event's id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.audit.services import record
from core.events.catalogue import Event
from core.events.outbox import enqueue_all
from core.tenancy import Kind, require
from core.tenancy.signing import cipher
from core.webhooks.models import Delivery, Webhook
from core.webhooks.sending import Outcome, send
from core.webhooks.signing import HEADER, signature

_log = structlog.get_logger(__name__)

PING = "ping"
RETRY_HOURS = 24
# Half a minute after the first failure, then twice as long each time, to four hours.
FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 4 * 3600
# A failing address is left in peace at most so long: what waits for others is not held up by its time-outs.
LONGEST_REST_SECONDS = 600
LOG_DAYS = 30
_GONE = 410


def deliver_event(event: Event) -> None:
    """Write a delivery for each active webhook that wants this kind of event; a subscriber of the catalogue."""
    if require().kind not in (Kind.SCHOOL, Kind.REGION):
        return
    wanting = Webhook.objects.filter(is_active=True, events__contains=[event.kind.name]).order_by("created_at", "pk")
    rows = [_delivery(webhook, event.kind.name, event.id, event.at, dict(event.data)) for webhook in wanting]
    Delivery.objects.bulk_create(rows)
    _deliver(rows, timezone.now())


def is_wanted(name: str) -> bool:
    """Tell whether some active webhook wants this kind of event; the roll-up may ask this of the region's."""
    return Webhook.objects.filter(is_active=True, events__contains=[name]).exists()


def deliver_ping(webhook: Webhook) -> Delivery:
    """Write an event without content for one webhook."""
    delivery = _delivery(webhook, PING, uuid4(), timezone.now(), {})
    delivery.save(force_insert=True)
    deliver_later(delivery)
    return delivery


def _delivery(webhook: Webhook, name: str, event_id: UUID, at: datetime, data: dict[str, Any]) -> Delivery:
    now = timezone.now()
    return Delivery(
        webhook=webhook,
        event_id=event_id,
        event=name,
        payload={"id": str(event_id), "event": name, "at": at.isoformat(), "webhook": str(webhook.pk), "data": data},
        created_at=now,
        retry_until=now + timedelta(hours=RETRY_HOURS),
    )


def deliver_later(delivery: Delivery, *, when: datetime | None = None) -> None:
    """Have the courier attempt a delivery, after commit and not before ``when``."""
    _deliver([delivery], when or timezone.now())


def _deliver(rows: Sequence[Delivery], when: datetime) -> None:
    from core.webhooks.tasks import deliver_in_region, deliver_in_school

    task = deliver_in_region if require().kind is Kind.REGION else deliver_in_school
    enqueue_all(task, when, [{"delivery_id": str(row.pk), "attempt": row.attempts} for row in rows])


def attempt(delivery_id: UUID, number: int) -> None:
    """Make one attempt; nothing when it was made already, or the delivery is over. Holds no row while it waits.

    :param number: how many attempts had been made when this one was asked for.
    """
    delivery = Delivery.objects.select_related("webhook").filter(pk=delivery_id).first()
    if delivery is None or delivery.state != Delivery.State.PENDING or delivery.attempts != number:
        return
    webhook, now = delivery.webhook, timezone.now()
    if not webhook.is_active:
        Delivery.objects.filter(pk=delivery_id).update(state=Delivery.State.FAILED, last_fault="switched_off")
    elif webhook.rests_until is not None and webhook.rests_until > now and delivery.retry_until > webhook.rests_until:
        deliver_later(delivery, when=webhook.rests_until + _spread(delivery, 10.0))
    else:
        _note(webhook, delivery_id, number, send(webhook.url, *_request(delivery, now)))


def _request(delivery: Delivery, now: datetime) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(delivery.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "mentoring-webhooks/1",
        "X-Mentoring-Event": delivery.event,
        "X-Mentoring-Delivery": str(delivery.pk),
        HEADER: signature(_keys(delivery.webhook, now), body, at=int(now.timestamp())),
    }
    return body, headers


def _keys(webhook: Webhook, now: datetime) -> list[str]:
    from core.webhooks.services import PURPOSE

    sealed = [webhook.secret]
    if webhook.former_secret and webhook.former_until is not None and webhook.former_until > now:
        sealed.append(webhook.former_secret)
    return [cipher(PURPOSE).decrypt(each.encode()).decode() for each in sealed]


def _note(asked: Webhook, delivery_id: UUID, number: int, outcome: Outcome) -> None:
    """Write down what came of an attempt, and what follows from it.

    :param asked: the webhook as it was when it was asked; another address since is not answerable for this one.
    """
    with transaction.atomic():
        # The webhook first, as in every act over it: two that fail at once wait for each other in one order.
        webhook = Webhook.objects.select_for_update().filter(pk=asked.pk).first()
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id, attempts=number).first()
        if webhook is None or delivery is None:
            return
        now = timezone.now()
        delivery.attempts, delivery.last_at = number + 1, now
        delivery.last_status, delivery.last_fault = outcome.status, outcome.fault
        delivery.last_took_ms = outcome.took_ms
        if outcome.is_taken:
            delivery.state = Delivery.State.DELIVERED
            if webhook.url == asked.url:
                webhook.failing_since = webhook.rests_until = None
        elif webhook.url != asked.url:
            deliver_later(delivery)
        else:
            _note_failure(delivery, webhook, now)
        delivery.save()
        webhook.save(update_fields=["failing_since", "rests_until", "is_active", "disabled_at"])
    _log.info(
        "webhook_attempted",
        delivery=str(delivery_id),
        attempt=number + 1,
        status=outcome.status,
        fault=outcome.fault,
        milliseconds=outcome.took_ms,
    )


def _note_failure(delivery: Delivery, webhook: Webhook, now: datetime) -> None:
    webhook.failing_since = webhook.failing_since or now
    # As long as it has been tried already: each wait is twice the one before.
    tried = (now - (delivery.retry_until - timedelta(hours=RETRY_HOURS))).total_seconds()
    wait = min(max(tried, FIRST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)
    webhook.rests_until = now + timedelta(seconds=min(wait, LONGEST_REST_SECONDS))
    too_long = now - webhook.failing_since >= timedelta(days=settings.WEBHOOKS_DISABLED_AFTER_DAYS)
    if too_long or delivery.last_status == _GONE:
        _switch_off(delivery, webhook, now)
        return
    when = now + timedelta(seconds=wait) + _spread(delivery, wait / 10)
    if when > delivery.retry_until:
        delivery.state = Delivery.State.FAILED
    else:
        deliver_later(delivery, when=when)


def _switch_off(delivery: Delivery, webhook: Webhook, now: datetime) -> None:
    """Switch off an address that has taken nothing for days, or says that it is gone for good."""
    webhook.is_active, webhook.disabled_at = False, now
    delivery.state = Delivery.State.FAILED
    waiting = Delivery.objects.filter(webhook=webhook, state=Delivery.State.PENDING).exclude(pk=delivery.pk)
    waiting.update(state=Delivery.State.FAILED, last_fault="switched_off")
    record(actor="webhooks", action="webhook.disabled", object_type="webhook", object_id=webhook.pk)
    _log.warning("webhook_disabled", webhook=str(webhook.pk))


def forget_old_deliveries() -> int:
    """Forget deliveries of a month ago, and give up those whose task was lost; return how many."""
    now = timezone.now()
    lost = Delivery.objects.filter(state=Delivery.State.PENDING, retry_until__lt=now - timedelta(hours=RETRY_HOURS))
    lost.update(state=Delivery.State.FAILED)
    return Delivery.objects.filter(created_at__lt=now - timedelta(days=LOG_DAYS)).delete()[0]


def _spread(delivery: Delivery, seconds: float) -> timedelta:
    """Return a part of some seconds, another for each delivery: not all at the same moment."""
    return timedelta(seconds=seconds * (delivery.pk.int % 1000) / 1000)
