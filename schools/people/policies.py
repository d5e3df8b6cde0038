"""Who may do what with people of the school."""

from __future__ import annotations

from core.accounts.policies import may_appoint
from core.authz import Actor, Decision
from schools.people.roles import CLASS_TEACHER, ROLES


def may_see_people(actor: Actor) -> Decision:
    """Whether some cards are open to the actor; which ones, the selector decides."""
    return actor.has("people.view")


def may_find_people(actor: Actor) -> Decision:
    """Whether the actor may look people up by name (name, class and age only) to make a pair of them."""
    return actor.has("people.find")


def may_edit_people(actor: Actor) -> Decision:
    """Whether the actor may add and change people, their enrolments and representatives."""
    return actor.has("people.edit")


def may_roll_over(actor: Actor) -> Decision:
    """Whether the actor may move the whole school into the next school year: who may change every card."""
    return actor.has("people.edit")


def may_move_class_teachers(actor: Actor) -> Decision:
    """Whether the actor may give class teachers their classes of another year: who may appoint them."""
    return may_appoint(actor, [role for role in ROLES if role.slug == CLASS_TEACHER])


def may_transfer_people(actor: Actor) -> Decision:
    """Whether the actor may let pupils go to another school of the region, and take in those who are let go to his."""
    return actor.has("people.edit")
