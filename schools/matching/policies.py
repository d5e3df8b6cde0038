"""Who may see and lead rounds of matching, answer proposals and look after those who wait."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied


def may_see_rounds(actor: Actor) -> Decision:
    """Whether some rounds are open to the actor; which ones, the selector decides."""
    return actor.has("matching.view")


def may_lead_rounds(actor: Actor) -> Decision:
    """Whether the actor may lead a round, at least of some forms."""
    return actor.has("matching.edit")


def may_lead_rounds_of_form(actor: Actor, form_code: str) -> Decision:
    """Whether the actor may lead rounds of one form: a curator only of his own."""
    reach = actor.reach("matching.edit")
    if reach.everything or form_code in reach.values("form"):
        return ALLOWED
    if reach:
        return Denied(_("Эту форму наставничества курирует другой человек."))
    return may_lead_rounds(actor)


def may_answer_proposals(actor: Actor) -> Decision:
    """Whether the actor answers proposals made to himself."""
    return actor.has("proposals.answer")
