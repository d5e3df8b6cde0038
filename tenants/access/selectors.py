"""Reads of the orders about access to schools."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from core.authz import Actor
from tenants.access.models import AccessOrder

SEEN_BY = ("schools.invite", "schools.break_glass", "schools.reset_director")
"""Whoever may give one kind of order sees all of them."""


def orders_visible_to(actor: Actor) -> QuerySet[AccessOrder]:
    """Return the orders with their schools, the newest first; none to who may give no order. In ``region()``."""
    if not any(actor.has(name) for name in SEEN_BY):
        return AccessOrder.objects.none()
    return AccessOrder.objects.select_related("school").order_by("-requested_at")


def order_for(*, actor: Actor, order_id: UUID) -> AccessOrder:
    """Return one order.

    :raises Http404: no such order among those the actor sees.
    """
    order = orders_visible_to(actor).filter(pk=order_id).first()
    if order is None:
        raise Http404
    return order
