"""Who may tell of discomfort, and who answers. About whom, the selectors decide."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_tell(actor: Actor) -> Decision:
    """Whether the actor takes part himself, or his child does."""
    return actor.has("participation.view")


def may_answer(actor: Actor) -> Decision:
    """Whether concerns reach the actor: the psychologist and the coordinator all, a curator those of his forms."""
    return actor.has("concerns.answer")
