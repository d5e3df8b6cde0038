"""``{% load accounts %}{% temporary_access %}``: tells staff that the region has opened itself a door."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from core.accounts.selectors import temporary_access_offers, temporary_accounts
from core.authz import actor_of

register = template.Library()


@register.inclusion_tag("accounts/parts/temporary_access.html", takes_context=True)
def temporary_access(context: Context) -> dict[str, Any]:
    """Show temporary accounts and unused offers of them, to whoever may see staff; two queries."""
    if not actor_of(context["request"]).has("staff.view"):
        return {"accounts": [], "offers": []}
    return {"accounts": list(temporary_accounts()), "offers": list(temporary_access_offers())}


@register.filter
def may_issue_tokens(actor: Any) -> bool:
    """Tell whether somebody is offered the page of tokens."""
    return actor is not None and bool(actor.has("tokens.manage"))
