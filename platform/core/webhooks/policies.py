"""Who may have events of this host sent elsewhere."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import Actor, Decision, Denied


def may_manage_webhooks(actor: Actor) -> Decision:
    """Tell whether the actor may register, change and end webhooks; whoever is here for a few hours leaves none."""
    if any(grant.is_temporary for grant in actor.grants):
        return Denied(_("Временный доступ не даёт права отправлять события другим программам."))
    return actor.has("webhooks.manage")
