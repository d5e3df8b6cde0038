"""Roles and permissions as the upper layers register them; this layer knows none of their words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

Text = str | Promise


class World(StrEnum):
    """The two kinds of host on which somebody can have a role."""

    REGION = "region"
    SCHOOL = "school"


class Extent(StrEnum):
    """How far a role carries a permission: over everything on the host, over the grant's scope, over oneself."""

    EVERYTHING = "everything"
    SCOPE = "scope"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A named capability, ``<noun>.<verb>``; ``title`` completes «Это действие: …»."""

    name: str
    title: Text
    worlds: frozenset[World]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role of one world.

    ``capabilities`` maps the name of a permission to the extent in which the role carries it. ``scope_kind`` names
    what narrows a grant of this role ("district", "form", "class"); empty when nothing does. ``appointed_by`` is the
    permission needed to grant, revoke or otherwise manage holders of the role.
    """

    slug: str
    title: Text
    world: World
    description: Text
    capabilities: Mapping[str, Extent] = field(hash=False)
    scope_kind: str = ""
    needs_second_factor: bool = True
    appointed_by: str = "staff.manage"


_permissions: dict[str, Permission] = {}
_roles: dict[tuple[World, str], Role] = {}


def register_permissions(permissions: Iterable[Permission]) -> None:
    """Add permissions; called from ``AppConfig.ready``.

    :raises ImproperlyConfigured: for a name that means something else already.
    """
    for permission in permissions:
        known = _permissions.setdefault(permission.name, permission)
        if known != permission:
            raise ImproperlyConfigured(f"the permission {permission.name} is registered twice")


def register_roles(roles: Iterable[Role]) -> None:
    """Add roles; called from ``AppConfig.ready``.

    :raises ImproperlyConfigured: for a slug that the world has already, or a scoped capability without a scope.
    """
    for role in roles:
        if Extent.SCOPE in role.capabilities.values() and not role.scope_kind:
            raise ImproperlyConfigured(f"the role {role.slug} has scoped capabilities and no kind of scope")
        known = _roles.setdefault((role.world, role.slug), role)
        if known is not role:
            raise ImproperlyConfigured(f"the role {role.slug} is registered twice")


def permission(name: str) -> Permission:
    """Return a permission.

    :raises ImproperlyConfigured: for a name nobody registered: a typing error must not pass as «nobody may».
    """
    try:
        return _permissions[name]
    except KeyError:
        raise ImproperlyConfigured(f"nobody registered the permission {name!r}") from None


def permissions(world: World | None = None) -> tuple[Permission, ...]:
    """Return every permission, or those that mean something in one world."""
    return tuple(known for known in _permissions.values() if world is None or world in known.worlds)


def roles(world: World | None = None) -> tuple[Role, ...]:
    """Return every role in the order of registration, or those of one world."""
    return tuple(role for role in _roles.values() if world is None or role.world == world)


def role_of(world: World, slug: str) -> Role | None:
    """Return a role of a world, or None: a grant of a role that no longer exists gives nothing."""
    return _roles.get((world, slug))


def roles_with(world: World, name: str) -> tuple[Role, ...]:
    """Return the roles of a world that carry a permission in any extent."""
    return tuple(role for role in roles(world) if name in role.capabilities)


def in_worlds(worlds: Collection[World], *pairs: tuple[str, Text]) -> tuple[Permission, ...]:
    """Return permissions for registration from pairs (name, title)."""
    return tuple(Permission(name=name, title=title, worlds=frozenset(worlds)) for name, title in pairs)


ScopeSource = Callable[[], Sequence[tuple[str, Text]]]
_scope_sources: dict[tuple[World, str], ScopeSource] = {}


def register_scope_source(world: World, kind: str, source: ScopeSource) -> None:
    """Say where the values of a kind of scope come from: pairs (value, title) of the current host."""
    _scope_sources[world, kind] = source


def scope_choices(world: World, kind: str) -> Sequence[tuple[str, Text]]:
    """Return pairs (value, title) by which a grant of this kind can be narrowed here; reads the database.

    :raises ImproperlyConfigured: for a kind that nobody registered.
    """
    try:
        source = _scope_sources[world, kind]
    except KeyError:
        raise ImproperlyConfigured(f"nobody registered the scope {kind!r} of {world}") from None
    return source()
