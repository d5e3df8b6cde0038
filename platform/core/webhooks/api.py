"""Endpoints of webhooks, on every host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from core.events.catalogue import EventKind, event_kinds
from core.webhooks import selectors, services
from core.webhooks import serializers as shapes
from core.webhooks.models import Delivery, Webhook

_NEEDS = ("webhooks.manage",)


class EventKindsEndpoint(ApiView):
    """Kinds of event."""

    tag = "webhooks"

    @operation(_("События этого сайта"), needs=_NEEDS, answer=shapes.EventKindAnswer, many=True)
    def get(self, actor: Actor) -> Sequence[EventKind]:
        """Return what can be told."""
        return event_kinds(actor.world)


class WebhooksEndpoint(ApiView):
    """Webhooks."""

    tag = "webhooks"

    @operation(_("Адреса для событий"), needs=_NEEDS, answer=shapes.WebhookAnswer, pages=("pk",))
    def get(self, actor: Actor) -> QuerySet[Webhook]:
        """Return the webhooks, without secrets."""
        return selectors.webhooks_visible_to(actor)

    @operation(
        _("Добавить адрес для событий"),
        needs=_NEEDS,
        body=shapes.WebhookBody,
        answer=shapes.WebhookWithSecret,
        status=201,
        secrets=("secret",),
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> services.WithSecret:
        """Register a webhook and tell its secret once."""
        return services.register_webhook(actor=actor, data=services.WebhookData(**body))


class WebhookEndpoint(ApiView):
    """One webhook."""

    tag = "webhooks"

    @operation(_("Адрес для событий"), needs=_NEEDS, answer=shapes.WebhookAnswer)
    def get(self, actor: Actor, webhook_id: UUID) -> Webhook:
        """Return it."""
        return selectors.webhook_for(actor=actor, webhook_id=webhook_id)

    @operation(_("Изменить адрес или события"), needs=_NEEDS, body=shapes.WebhookBody, answer=shapes.WebhookAnswer)
    def put(self, actor: Actor, webhook_id: UUID, body: dict[str, Any]) -> Webhook:
        """Change it."""
        selectors.webhook_for(actor=actor, webhook_id=webhook_id)
        return services.change_webhook(actor=actor, webhook_id=webhook_id, data=services.WebhookData(**body))

    @operation(_("Удалить адрес для событий"), needs=_NEEDS)
    def delete(self, actor: Actor, webhook_id: UUID) -> None:
        """Delete it with its log."""
        services.end_webhook(actor=actor, webhook_id=webhook_id)


class WebhookSwitchEndpoint(ApiView):
    """Whether events go to a webhook."""

    tag = "webhooks"

    @operation(
        _("Включить или выключить отправку"), needs=_NEEDS, body=shapes.WebhookSwitchBody, answer=shapes.WebhookAnswer
    )
    def put(self, actor: Actor, webhook_id: UUID, body: dict[str, Any]) -> Webhook:
        """Switch it."""
        return services.switch_webhook(actor=actor, webhook_id=webhook_id, is_active=body["is_active"])


class WebhookSecretEndpoint(ApiView):
    """The secret of a webhook."""

    tag = "webhooks"

    @operation(
        _("Заменить секрет"),
        needs=_NEEDS,
        description=_("Ещё 24 часа события подписаны и прежним секретом."),
        answer=shapes.WebhookWithSecret,
        secrets=("secret",),
    )
    def post(self, actor: Actor, webhook_id: UUID) -> services.WithSecret:
        """Replace it and tell the new one once."""
        return services.replace_secret(actor=actor, webhook_id=webhook_id)


class WebhookPingEndpoint(ApiView):
    """A trial of a webhook."""

    tag = "webhooks"

    @operation(_("Проверить связь"), needs=_NEEDS, answer=shapes.DeliveryAnswer, status=201)
    def post(self, actor: Actor, webhook_id: UUID) -> Delivery:
        """Send an event without content."""
        return services.try_out(actor=actor, webhook_id=webhook_id)


class DeliveriesEndpoint(ApiView):
    """What was sent to a webhook."""

    tag = "webhooks"

    @operation(_("Журнал отправки"), needs=_NEEDS, answer=shapes.DeliveryAnswer, pages=("-created_at", "pk"))
    def get(self, actor: Actor, webhook_id: UUID) -> QuerySet[Delivery]:
        """Return deliveries, the newest first."""
        return selectors.deliveries_of(actor=actor, webhook_id=webhook_id)


class DeliveryAgainEndpoint(ApiView):
    """An event sent once more."""

    tag = "webhooks"

    @operation(_("Отправить событие ещё раз"), needs=_NEEDS, answer=shapes.DeliveryAnswer)
    def post(self, actor: Actor, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        """Send it under its own number."""
        return services.send_again(actor=actor, webhook_id=webhook_id, delivery_id=delivery_id)


urlpatterns = [
    path("webhooks/", WebhooksEndpoint.as_view(), name="webhooks"),
    path("webhooks/events/", EventKindsEndpoint.as_view(), name="webhook-events"),
    path("webhooks/<uuid:webhook_id>/", WebhookEndpoint.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/active/", WebhookSwitchEndpoint.as_view(), name="webhook-switch"),
    path("webhooks/<uuid:webhook_id>/secret/", WebhookSecretEndpoint.as_view(), name="webhook-secret"),
    path("webhooks/<uuid:webhook_id>/ping/", WebhookPingEndpoint.as_view(), name="webhook-ping"),
    path("webhooks/<uuid:webhook_id>/deliveries/", DeliveriesEndpoint.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/again/",
        DeliveryAgainEndpoint.as_view(),
        name="webhook-again",
    ),
]
