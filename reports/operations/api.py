"""Endpoints of the platform's state."""

from __future__ import annotations

from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from reports.operations import selectors, services
from reports.operations import serializers as shapes

_MANAGE = ("operations.manage",)


class FreshnessEndpoint(ApiView):
    """Freshness of the figures."""

    tag = "operations"

    @operation(_("Насколько свежи показатели"), needs=("operations.view",), answer=shapes.FreshnessAnswer)
    def get(self, actor: Actor) -> selectors.Figures:
        """Return it."""
        return selectors.figures_for(actor)


class QueuesEndpoint(ApiView):
    """Queues, workers, versions of schools."""

    tag = "operations"

    @operation(_("Очереди, исполнители и версии школ"), needs=_MANAGE, answer=shapes.MachineryAnswer)
    def get(self, actor: Actor) -> selectors.WithShares:
        """Return them."""
        return selectors.machinery_for(actor)


class SendAgainEndpoint(ApiView):
    """A task that was given up."""

    tag = "operations"

    @operation(_("Отправить несделанное задание ещё раз"), needs=_MANAGE)
    def post(self, actor: Actor, outbox_id: UUID) -> None:
        """Send it once more, from the beginning."""
        services.send_again(actor=actor, outbox_id=outbox_id)


urlpatterns = [
    path("operations/freshness/", FreshnessEndpoint.as_view(), name="operations-freshness"),
    path("operations/queues/", QueuesEndpoint.as_view(), name="operations-queues"),
    path("operations/outbox/<uuid:outbox_id>/send/", SendAgainEndpoint.as_view(), name="operations-send-again"),
]
