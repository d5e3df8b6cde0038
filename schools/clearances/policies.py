"""Who may see and record papers of mentors from outside, and who decides which of them are needed."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_see_clearances(actor: Actor) -> Decision:
    """Whether some papers are open to the actor; whose, the selector decides."""
    return actor.has("clearances.view")


def may_edit_clearances(actor: Actor) -> Decision:
    """Whether the actor may record, correct and terminate papers, at least of some people."""
    return actor.has("clearances.edit")


def may_decide_rules(actor: Actor) -> Decision:
    """Whether the actor may say for the school which papers are needed and what their lack means."""
    return actor.has("clearances.decide")
