"""Reads of webhooks and of what was sent to them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from core.authz import Actor
from core.webhooks.models import Delivery, Webhook
from core.webhooks.policies import may_manage_webhooks


def webhooks_visible_to(actor: Actor) -> QuerySet[Webhook]:
    """Return the webhooks of the host, the newest first; none for those who may not manage them."""
    rows = Webhook.objects.order_by("-created_at", "pk")
    return rows if may_manage_webhooks(actor) else rows.none()


def webhook_for(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Return one webhook.

    :raises Http404: no such webhook among those the actor sees.
    """
    found = webhooks_visible_to(actor).filter(pk=webhook_id).first()
    if found is None:
        raise Http404
    return found


def deliveries_of(*, actor: Actor, webhook_id: UUID) -> QuerySet[Delivery]:
    """Return what was sent to a webhook, the newest first.

    :raises Http404: no such webhook among those the actor sees.
    """
    found = webhook_for(actor=actor, webhook_id=webhook_id)
    return Delivery.objects.filter(webhook=found).order_by("-created_at", "pk")


def switched_off_by_platform(actor: Actor) -> int:
    """Return how many webhooks the platform has switched off and nobody has looked at since; one query."""
    return webhooks_visible_to(actor).filter(disabled_at__isnull=False, is_active=False).count()
