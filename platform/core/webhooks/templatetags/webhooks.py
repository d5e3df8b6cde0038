"""``{% load webhooks %}{% webhooks_notice %}``: tells whoever keeps webhooks that the platform switched one off."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from core.authz import actor_of
from core.webhooks import policies
from core.webhooks.selectors import switched_off_by_platform

register = template.Library()


@register.inclusion_tag("webhooks/parts/notice.html", takes_context=True)
def webhooks_notice(context: Context) -> dict[str, Any]:
    """Show the notice, to those who can do something about it; one query."""
    return {"count": switched_off_by_platform(actor_of(context["request"]))}


@register.filter
def may_manage_webhooks(actor: Any) -> bool:
    """Tell whether somebody is offered the page of events for programmes."""
    return actor is not None and bool(policies.may_manage_webhooks(actor))
