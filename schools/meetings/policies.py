"""Who may see, log and correct meetings, and who writes plans. Of which pairs, the selectors decide."""

from __future__ import annotations

from core.authz import Actor, Decision


def may_see_meetings(actor: Actor) -> Decision:
    """Whether meetings of some pairs are open to the actor: his own, his children's, those of his forms or classes."""
    return actor.has("meetings.view")


def may_log_meetings(actor: Actor) -> Decision:
    """Whether the actor may log meetings: a mentor his own, a curator or a class teacher for a mentor as well."""
    return actor.has("meetings.log")


def may_write_plans(actor: Actor) -> Decision:
    """Whether the actor may write plans and closing reports."""
    return actor.has("plans.edit")


def may_follow_meetings(actor: Actor) -> Decision:
    """Whether the actor follows other people's meetings (who has not met yet), rather than only his own."""
    return actor.has("pairs.view")
