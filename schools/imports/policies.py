"""Who may import."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_run_imports(actor: Actor) -> Decision:
    """Whether the actor may upload files, see what they say about people, and confirm."""
    return actor.has("imports.run")
