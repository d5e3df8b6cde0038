"""Who asks: a user with the roles he holds on this host, loaded once for a request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.authz.decisions import ALLOWED, Decision, Denied
from core.authz.registry import Extent, Role, World, permission, role_of, roles_with
from core.tenancy import Context, ContextError, Kind, current, require


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held, with what narrows it (the id of a district or a class, the code of a form; or nothing).

    ``is_temporary``: the grant has a term.
    """

    role: Role
    scope: str = ""
    is_temporary: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an actor carries one permission; selectors turn it into a filter.

    ``scopes`` holds pairs (kind, value), e.g. ``("class", "<uuid>")``. Extents add up: whoever is a class teacher and a
    mentor has scopes and ``own``.
    """

    everything: bool = False
    scopes: frozenset[tuple[str, str]] = frozenset()
    own: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.scopes) or self.own

    def values(self, kind: str) -> frozenset[str]:
        """Return the scopes of one kind."""
        return frozenset(value for known, value in self.scopes if known == kind)


def _home(context: Context) -> str:
    """Return the world an actor of this context belongs to: a school's schema also from inside ``shared()``."""
    return context.role if context.kind in (Kind.SCHOOL, Kind.SHARED) else "region"


class Actor:
    """A user and the roles held here and now; services, selectors and policies take it.

    ``pk`` is None for a visitor who has not signed in and for a system actor, which has a ``label`` instead.
    """

    __slots__ = ("_home", "grants", "is_authenticated", "is_system", "label", "name", "person_id", "pk", "world")

    def __init__(
        self,
        *,
        grants: Iterable[Grant] = (),
        pk: UUID | None = None,
        name: str = "",
        person_id: UUID | None = None,
        label: str = "",
    ) -> None:
        self._home = _home(require())
        self.world = World.REGION if self._home == "region" else World.SCHOOL
        self.grants = tuple(grants)
        self.pk = pk
        self.name = name
        self.person_id = person_id
        self.label = label
        self.is_system = bool(label)
        self.is_authenticated = pk is not None

    def __repr__(self) -> str:
        return f"<Actor {self.label or self.pk} {[grant.role.slug for grant in self.grants]}>"

    def _check_world(self) -> None:
        context = current()
        if context is not None and _home(context) != self._home:
            raise ContextError("an actor of another world")

    def reach(self, name: str) -> Reach:
        """Return how far this actor carries a permission; falsy when not at all.

        :raises ContextError: in another world than the actor's own.
        :raises ImproperlyConfigured: for an unknown permission.
        """
        self._check_world()
        permission(name)
        if self.is_system:
            return Reach(everything=True)
        everything, own, scopes = False, False, set()
        for grant in self.grants:
            match grant.role.capabilities.get(name):
                case Extent.EVERYTHING:
                    everything = True
                case Extent.SCOPE if grant.scope:
                    scopes.add((grant.role.scope_kind, grant.scope))
                case Extent.OWN:
                    own = True
        return Reach(everything=everything, scopes=frozenset(scopes), own=own)

    def has(self, name: str) -> Decision:
        """Tell whether some role carries the permission at all, in whatever extent; the reason names who may."""
        if self.reach(name):
            return ALLOWED
        titles = ", ".join(f"«{role.title}»" for role in roles_with(self.world, name))
        if not titles:
            return Denied(_("Это действие здесь никому не доступно."))
        return Denied(
            _("Нужно право «%(permission)s». Оно есть у ролей: %(roles)s.")
            % {"permission": permission(name).title, "roles": titles}
        )

    def has_role(self, slug: str) -> bool:
        """Tell whether the actor holds a role, in any scope."""
        return any(grant.role.slug == slug for grant in self.grants)

    @property
    def needs_second_factor(self) -> bool:
        """Tell whether one of the roles gives rights over other people's data."""
        return any(grant.role.needs_second_factor for grant in self.grants)


def anonymous() -> Actor:
    """Return the actor of a visitor who has not signed in."""
    return Actor()


def system_actor(label: str) -> Actor:
    """Return the actor of a command or a task: may everything in the current world, is audited under its label."""
    if not label:
        raise ValueError("a system actor has a label")
    return Actor(label=label)


def load_actor(user: Any) -> Actor:
    """Return the actor of a user of the current world; one query. Expired grants and unknown roles give nothing."""
    if user is None or not user.is_authenticated:
        return anonymous()
    in_force = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    rows = user.grants.filter(in_force).order_by("granted_at").values_list("role", "scope", "expires_at")
    world = World.REGION if _home(require()) == "region" else World.SCHOOL
    held = [
        Grant(role, scope, is_temporary=ends is not None)
        for slug, scope, ends in rows
        if (role := role_of(world, slug)) is not None
    ]
    return Actor(grants=held, pk=user.pk, name=user.name, person_id=user.person_id)


def narrowed(actor: Actor, pairs: Iterable[tuple[str, str]], permissions: Collection[str] = ()) -> Actor:
    """Return the same actor with those of his grants alone that the pairs (role's slug, scope) name.

    With ``permissions``, these are all that is left of what the roles carry.
    """
    wanted = set(pairs)
    kept = [grant for grant in actor.grants if (grant.role.slug, grant.scope) in wanted]
    if permissions:
        kept = [replace(grant, role=_with_only(grant.role, permissions)) for grant in kept]
    return Actor(grants=kept, pk=actor.pk, name=actor.name, person_id=actor.person_id)


def _with_only(role: Role, permissions: Collection[str]) -> Role:
    left = {name: extent for name, extent in role.capabilities.items() if name in permissions}
    return replace(role, capabilities=left)


def can(*names: str) -> Callable[[Actor], Decision]:
    """Return a question for menus: has this actor any one of the permissions?"""

    def ask(actor: Actor) -> Decision:
        decisions = [actor.has(name) for name in names]
        return next((decision for decision in decisions if decision), decisions[0])

    return ask
