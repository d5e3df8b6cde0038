"""Who may see and note training of mentors: whoever sees pairs, and whoever keeps them."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_note_training(actor: Actor) -> Decision:
    """Whether the actor may note, correct and strike out training, at least of some people."""
    return actor.has("pairs.edit")
