"""Who may see, make, change and approve pairs."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.authz import ALLOWED, Actor, Decision, Denied
from schools.pairs.models import Order


def may_see_pairs(actor: Actor) -> Decision:
    """Whether some pairs are open to the actor; which ones, the selector decides."""
    return actor.has("pairs.view")


def may_edit_pairs(actor: Actor) -> Decision:
    """Whether the actor may make, change and end pairs, at least of some forms."""
    return actor.has("pairs.edit")


def may_edit_pairs_of_form(actor: Actor, form_code: str) -> Decision:
    """Whether the actor may make, change and end pairs of one form: a curator only of his own."""
    reach = actor.reach("pairs.edit")
    if reach.everything or form_code in reach.values("form"):
        return ALLOWED
    if reach:
        return Denied(_("Эту форму наставничества курирует другой человек."))
    return may_edit_pairs(actor)


def may_approve_pairs(actor: Actor) -> Decision:
    """Whether the actor may make pairs effective by his own order: the director alone."""
    return actor.has("orders.approve")


def may_record_signed_order(actor: Actor) -> Decision:
    """Whether the actor may record an order that the director has signed on paper; it is no approval."""
    return actor.has("orders.record_signed")


def may_correct_order(actor: Actor, order: Order) -> Decision:
    """Whether the actor may correct number and date: of an order approved here, only who may approve."""
    return may_approve_pairs(actor) if order.approved_at is not None else may_record_signed_order(actor)
