"""Who has a work list and who speaks with pairs. About which people and pairs, the selectors decide."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_see_worklist(actor: Actor) -> Decision:
    """Whether somebody follows people and pairs: all, those of his forms, or those of his classes."""
    return actor.has("worklist.view")


def may_support(actor: Actor) -> Decision:
    """Whether the actor writes down talks with pairs and reminds mentors."""
    return actor.has("support.log")
