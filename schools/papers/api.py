"""Endpoints of papers."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, File, operation
from core.authz import Actor
from core.papers import DOCX
from schools.papers import services

_NAME = "prikaz.docx"


class OrderPaperEndpoint(ApiView):
    """An order as a document."""

    tag = "orders"

    @operation(_("Приказ в Word"), needs=("orders.view",), gives=DOCX)
    def get(self, actor: Actor, order_id: UUID) -> File:
        """Return the order with the pairs the actor sees."""
        school = cast("Any", self.request).school.title
        return File(_NAME, services.order_docx(actor=actor, school=school, order_id=order_id))


class DraftOrderPaperEndpoint(ApiView):
    """The order for the drafts."""

    tag = "orders"

    @operation(_("Проект приказа в Word"), needs=("orders.approve", "orders.record_signed"), gives=DOCX)
    def get(self, actor: Actor) -> File:
        """Return the order for all drafts, with blanks for number and date."""
        school = cast("Any", self.request).school.title
        return File(_NAME, services.draft_order_docx(actor=actor, school=school))


urlpatterns = [
    path("orders/draft.docx", DraftOrderPaperEndpoint.as_view(), name="order-draft-paper"),
    path("orders/<uuid:order_id>/paper.docx", OrderPaperEndpoint.as_view(), name="order-paper"),
]
