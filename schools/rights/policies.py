"""Who may see all that is held on a person, register a request, and destroy."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_see_everything_held(actor: Actor) -> Decision:
    """Whether the actor may print all that is held on a person, and register or drop a request to destroy it."""
    return actor.has("rights.view")


def may_destroy(actor: Actor) -> Decision:
    """Whether the actor may destroy: the director alone, for it cannot be taken back."""
    return actor.has("rights.destroy")
