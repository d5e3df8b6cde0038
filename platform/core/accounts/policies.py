"""Who may manage whose account: whoever may appoint every role that somebody holds."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.accounts.models import ApiToken, User
from core.authz import ALLOWED, Actor, Decision, Denied
from core.authz.actor import narrowed
from core.authz.registry import Extent, Role, World, role_of, roles


def may_appoint(actor: Actor, roles: Iterable[Role]) -> Decision:
    """Tell whether the actor may grant and revoke all these roles.

    Whoever is here for a few hours appoints nobody: a door opened in an emergency must not leave another behind.
    """
    if any(grant.is_temporary for grant in actor.grants):
        return Denied(_("Временный доступ не даёт права приглашать и менять роли."))
    for permission in ("staff.manage", *(role.appointed_by for role in roles)):
        decision = actor.has(permission)
        if not decision:
            return decision
    return ALLOWED


def _others_to_change() -> Denied:
    return Denied(_("Свои роли и доступ меняет другой сотрудник: так никто не останется без входа по ошибке."))


def may_take(actor: Actor, role: Role) -> Decision:
    """Tell whether the actor may give himself a role: one that adds nothing to what he may already.

    In a small school one person is director, curator and mentor, and there is nobody above him to grant it. A role is
    nothing new when he carries all of it over everything anyway (a director who curates a form); a participant's role
    opens only what is one's own, so it is his with his own card, and with no card it would open nothing. On the
    region's host nobody gives himself anything.
    """
    decision = may_appoint(actor, [role])
    if not decision:
        return decision
    if actor.world is not World.SCHOOL:
        return _others_to_change()
    if is_own_alone(role):
        return ALLOWED if actor.person_id is not None else Denied(_("Сначала свяжите свой вход со своей карточкой."))
    if all(actor.reach(name).everything for name in role.capabilities):
        return ALLOWED
    return _others_to_change()


def is_own_alone(role: Role) -> bool:
    """Tell whether a role opens nothing but what belongs to its holder himself: a participant's."""
    return all(extent is Extent.OWN for extent in role.capabilities.values())


def may_grant(actor: Actor, user: User, role: Role) -> Decision:
    """Tell whether the actor may give somebody, or himself, a role."""
    if actor.pk == user.pk:
        return may_take(actor, role)
    decision = may_appoint(actor, [role])
    return may_manage(actor, user) if decision else decision


def may_revoke(actor: Actor, user: User, slug: str, scope: str) -> Decision:
    """Tell whether the actor may take a role away; from himself, one that he could take again at once."""
    if actor.pk != user.pk:
        return may_manage(actor, user)
    role = role_of(actor.world, slug)
    rest = [(held.role.slug, held.scope) for held in actor.grants if (held.role.slug, held.scope) != (slug, scope)]
    if role is None or not may_take(narrowed(actor, rest), role):
        return _others_to_change()
    return ALLOWED


def may_manage(actor: Actor, user: User) -> Decision:
    """Tell whether the actor may change another account: its roles, its password code, whether it is on.

    Own roles are another's to change: nobody locks a school out by a slip.
    """
    if actor.pk == user.pk:
        return _others_to_change()
    held = [role_of(actor.world, slug) for slug in user.grants.values_list("role", flat=True)]
    return may_appoint(actor, [role for role in held if role is not None])


def may_reset_second_factor(actor: Actor, user: User) -> Decision:
    """Tell whether the actor may take off somebody's lost second factor.

    In a school nobody takes off a director's, another director neither: that is ordered by two region administrators.
    """
    if actor.pk == user.pk:
        return Denied(_("Свой второй фактор меняют на странице «Второй фактор», а утерянный сбрасывает другой."))
    decision = actor.has("staff.reset_second_factor")
    if decision and actor.world is World.SCHOOL and holds_top_role(user):
        return Denied(_("Второй фактор того, кто сам назначает директора, сбрасывают два администратора региона."))
    return may_manage(actor, user) if decision else decision


def holds_top_role(user: User) -> bool:
    """Tell whether somebody of a school holds a role that not everybody who manages staff may appoint."""
    top = {role.slug for role in roles(World.SCHOOL) if role.appointed_by != "staff.manage"}
    return user.grants.filter(role__in=top).exists()


def may_issue_tokens(actor: Actor) -> Decision:
    """Tell whether the actor may issue tokens that act for him; whoever is here for a few hours leaves none behind."""
    if any(grant.is_temporary for grant in actor.grants):
        return Denied(_("Временный доступ не даёт права выдавать токены."))
    return actor.has("tokens.manage")


def may_revoke_token(actor: Actor, token: ApiToken) -> Decision:
    """Tell whether the actor may end a token: his own, or one of somebody whose account he may manage."""
    if token.user_id == actor.pk:
        return actor.has("tokens.manage")
    return may_manage(actor, token.user)
