"""Acts over webhooks: register, change, switch, replace the secret, try out, end, send again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import event_kinds
from core.tenancy.signing import cipher
from core.webhooks.addresses import resolved, target_of
from core.webhooks.deliveries import RETRY_HOURS, deliver_later, deliver_ping
from core.webhooks.errors import WebhookError
from core.webhooks.models import Delivery, Webhook
from core.webhooks.policies import may_manage_webhooks
from core.webhooks.selectors import webhooks_visible_to
from core.webhooks.signing import new_secret

MOST_WEBHOOKS = 10
FORMER_SECRET_HOURS = 24
PURPOSE = "core.webhooks.secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookData:
    """A webhook as typed: what it is for, where to, which kinds of event."""

    title: str
    url: str
    events: Collection[str]


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A webhook with a fresh secret: the only moment at which ``secret`` is shown."""

    webhook: Webhook
    secret: str


def register_webhook(*, actor: Actor, data: WebhookData) -> WithSecret:
    """Register an address for events of this host; the secret is returned and shown never again.

    :raises WebhookError: the address is none that events may go to, no event is chosen, or there are ten already.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    title, events = _checked(actor, data)
    secret = new_secret()
    with transaction.atomic():
        # Whoever adds the tenth at the same moment waits here, and is counted by the next statement.
        list(Webhook.objects.order_by("pk").select_for_update().values_list("pk"))
        if Webhook.objects.count() >= MOST_WEBHOOKS:
            raise WebhookError("too_many", _("Адресов уже десять. Удалите тот, который больше не нужен."))
        webhook = Webhook.objects.create(
            title=title,
            url=data.url,
            events=events,
            secret=_sealed(secret),
            created_by=actor.pk,
            created_at=timezone.now(),
        )
        _record(actor, webhook, "webhook.registered", {"events": events})
    return WithSecret(webhook, secret)


def change_webhook(*, actor: Actor, webhook_id: UUID, data: WebhookData) -> Webhook:
    """Change what a webhook is for, its address or its events; another address starts with a clean record.

    :raises Http404: no such webhook.
    :raises WebhookError: as :func:`register_webhook`.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    title, events = _checked(actor, data)
    with transaction.atomic():
        webhook = _held(actor, webhook_id)
        details: dict[str, object] = {"events": events}
        if webhook.url != data.url:
            details["former_host"] = urlsplit(webhook.url).hostname
            webhook.failing_since = webhook.rests_until = None
        webhook.title, webhook.url, webhook.events = title, data.url, events
        webhook.save()
        _record(actor, webhook, "webhook.changed", details)
    return webhook


def switch_webhook(*, actor: Actor, webhook_id: UUID, is_active: bool) -> Webhook:
    """Switch a webhook off or on again; what happens meanwhile is not sent later.

    :raises Http404: no such webhook.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    with transaction.atomic():
        webhook = _held(actor, webhook_id)
        if webhook.is_active == is_active and webhook.disabled_at is None:
            return webhook
        webhook.is_active = is_active
        webhook.failing_since = webhook.rests_until = webhook.disabled_at = None
        webhook.save()
        _record(actor, webhook, "webhook.switched_on" if is_active else "webhook.switched_off")
    return webhook


def replace_secret(*, actor: Actor, webhook_id: UUID) -> WithSecret:
    """Give a webhook a new secret; for a day the former one signs too, so that the receiver has time to change.

    :raises Http404: no such webhook.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    secret = new_secret()
    with transaction.atomic():
        webhook = _held(actor, webhook_id)
        webhook.former_secret = webhook.secret
        webhook.former_until = timezone.now() + timedelta(hours=FORMER_SECRET_HOURS)
        webhook.secret = _sealed(secret)
        webhook.save(update_fields=["secret", "former_secret", "former_until"])
        _record(actor, webhook, "webhook.secret_replaced")
    return WithSecret(webhook, secret)


def end_webhook(*, actor: Actor, webhook_id: UUID) -> None:
    """Delete a webhook with its log; what waits to be sent is not sent.

    :raises Http404: no such webhook.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    with transaction.atomic():
        webhook = _held(actor, webhook_id)
        _record(actor, webhook, "webhook.deleted")
        webhook.delete()


def try_out(*, actor: Actor, webhook_id: UUID) -> Delivery:
    """Send a webhook an event without content.

    :raises Http404: no such webhook.
    :raises WebhookError: it is switched off.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    with transaction.atomic():
        webhook = _held(actor, webhook_id)
        _require_active(webhook)
        delivery = deliver_ping(webhook)
        _record(actor, webhook, "webhook.tried")
    return delivery


def send_again(*, actor: Actor, webhook_id: UUID, delivery_id: UUID) -> Delivery:
    """Send an event once more, under its own number: a receiver that has it already knows it by that.

    :raises Http404: no such delivery of this webhook.
    :raises WebhookError: the webhook is switched off, or the event is on its way.
    :raises RefusedError: when the actor may not.
    """
    enforce(may_manage_webhooks(actor))
    with transaction.atomic():
        webhook = _held(actor, webhook_id)
        delivery = webhook.deliveries.select_for_update().filter(pk=delivery_id).first()
        if delivery is None:
            raise Http404
        _require_active(webhook)
        if delivery.state == Delivery.State.PENDING:
            raise WebhookError("on_its_way", _("Это событие ещё отправляется."))
        delivery.state = Delivery.State.PENDING
        delivery.retry_until = timezone.now() + timedelta(hours=RETRY_HOURS)
        delivery.save(update_fields=["state", "retry_until"])
        deliver_later(delivery)
        _record(actor, webhook, "webhook.sent_again", {"delivery": str(delivery.pk)})
    return delivery


def reseal_secrets() -> int:
    """Seal the secrets of the current world under the present secret key; return how many webhooks there are.

    :raises cryptography.fernet.InvalidToken: when one is under a key that is not among SECRET_KEY_FALLBACKS.
    """
    with transaction.atomic():
        every = list(Webhook.objects.select_for_update())
        for webhook in every:
            for name in ("secret", "former_secret"):
                if sealed := getattr(webhook, name):
                    setattr(webhook, name, cipher(PURPOSE).rotate(sealed.encode()).decode())
        Webhook.objects.bulk_update(every, ["secret", "former_secret"])
    return len(every)


def _sealed(secret: str) -> str:
    return cipher(PURPOSE).encrypt(secret.encode()).decode()


def _checked(actor: Actor, data: WebhookData) -> tuple[str, list[str]]:
    """Return the title and the events as they are stored; the address is looked up as before each request."""
    title = " ".join(data.title.split())[:100]
    if not title:
        raise WebhookError("no_title", _("Напишите, какой программе сообщать."), "title")
    known = [kind.name for kind in event_kinds(actor.world)]
    events = [name for name in known if name in data.events]
    if not events or len(events) != len(set(data.events)):
        raise WebhookError("no_events", _("Отметьте хотя бы одно событие из списка."), "events")
    resolved(target_of(data.url))
    return title, events


def _held(actor: Actor, webhook_id: UUID) -> Webhook:
    found = webhooks_visible_to(actor).select_for_update().filter(pk=webhook_id).first()
    if found is None:
        raise Http404
    return found


def _require_active(webhook: Webhook) -> None:
    if not webhook.is_active:
        raise WebhookError("switched_off", _("Отправка на этот адрес выключена. Сначала включите её."))


def _record(actor: Actor, webhook: Webhook, action: str, details: dict[str, object] | None = None) -> None:
    """Note an act with the host that events go to: without it nobody can tell later where they went."""
    told = {"host": urlsplit(webhook.url).hostname, **(details or {})}
    record(actor=actor, action=action, object_type="webhook", object_id=webhook.pk, details=told)
