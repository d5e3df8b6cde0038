"""Who may see, record and withdraw consents."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_see_consents(actor: Actor) -> Decision:
    """Whether some consents are open to the actor; whose, the selector decides."""
    return actor.has("consents.view")


def may_edit_consents(actor: Actor) -> Decision:
    """Whether the actor may record and withdraw consents, at least of some people."""
    return actor.has("consents.edit")
