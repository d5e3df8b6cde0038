"""The main menu: upper apps register their items at start-up, each page shows what its reader may open.

An item is registered in the app's ``AppConfig.ready``, with the code of the section that it belongs to::

    from core.ui.navigation import NavItem, register
    register(NavItem(label=_("Приказы"), url_name="orders:list", permission=may_see_orders, worlds={"school"},
                     section="pairs", order=50))

The app that owns a world's menu names its sections (``register_sections``); an item without a section stands in
the bar by itself, and so does the only item of a section that the reader may open: nobody opens a list of one.

``permission`` receives the actor (``request.actor`` when the authorisation layer sets it, else ``request.user``)
and answers something truthy or falsy, so a policy that returns ``Allowed``/``Denied`` can be passed as it is,
provided a refusal is falsy. The menu is a convenience: the view itself still decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

World = Literal["school", "region"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One entry of the main menu in the worlds (``school``, ``region``) where its URL exists."""

    label: str | Promise
    url_name: str
    permission: Callable[[Any], object]
    worlds: Collection[World]
    order: int = 100
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavSection:
    """A named group of items in one world's menu; ``order`` is its place among sections and single items."""

    code: str
    label: str | Promise
    world: World
    order: int


@dataclass(frozen=True, slots=True)
class NavLink:
    """An item ready for the template."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class NavGroup:
    """One place of the bar: a section with its links, or a single link (``label`` is then the link's)."""

    label: str
    links: tuple[NavLink, ...]

    @property
    def single(self) -> NavLink | None:
        """The link, when there is nothing to choose from."""
        return self.links[0] if len(self.links) == 1 else None

    @property
    def is_current(self) -> bool:
        """Whether the reader stands somewhere inside."""
        return any(link.is_current for link in self.links)


_items: list[NavItem] = []
_sections: list[NavSection] = []


def register(*items: NavItem) -> None:
    """Add items to the main menu.

    :raises ImproperlyConfigured: the same URL was registered twice for one world, which would show it twice.
    """
    for item in items:
        for known in _items:
            if known.url_name == item.url_name and set(known.worlds) & set(item.worlds):
                message = f"the menu already has {item.url_name!r} for {sorted(known.worlds)}"
                raise ImproperlyConfigured(message)
        _items.append(item)


def register_sections(*sections: NavSection) -> None:
    """Name the sections of a world's menu.

    :raises ImproperlyConfigured: the world already has a section with this code.
    """
    for section in sections:
        if _section_of(section.code, section.world):
            message = f"the menu of the {section.world} already has a section {section.code!r}"
            raise ImproperlyConfigured(message)
        _sections.append(section)


def registered_items() -> tuple[NavItem, ...]:
    """Return every registered item; for tests that check that each one opens."""
    return tuple(_items)


def world_of(request: HttpRequest) -> World:
    """Tell the world of a request: the door sets ``request.school`` on a school's host only."""
    return "school" if getattr(request, "school", None) else "region"


def actor_of(request: HttpRequest) -> Any:
    """Return who is asking, or None when nobody has signed in."""
    actor = getattr(request, "actor", None) or getattr(request, "user", None)
    return actor if actor is not None and getattr(actor, "is_authenticated", True) else None


def menu_for(request: HttpRequest) -> list[NavGroup]:
    """Return the reader's menu in order; empty for a visitor who has not signed in.

    :raises ImproperlyConfigured: an item names a section or an address that this world does not have.
    """
    actor = actor_of(request)
    if actor is None:
        return []
    world = world_of(request)
    offered = [item for item in _items if world in item.worlds and item.permission(actor)]
    addressed = [(item, _address(item)) for item in sorted(offered, key=lambda item: item.order)]
    current = _current(request.path, [url for _, url in addressed])
    groups: dict[str, tuple[int, str, list[NavLink]]] = {}
    for item, url in addressed:
        order, label = _place_of(item, world)
        group = groups.setdefault(item.section or item.url_name, (order, label, []))
        group[2].append(NavLink(str(item.label), url, url == current))
    ordered = sorted(groups.values(), key=lambda group: group[0])
    return [NavGroup(label, tuple(links)) for _, label, links in ordered]


def _place_of(item: NavItem, world: World) -> tuple[int, str]:
    """Return where the item's group stands in the bar and what it is called."""
    if not item.section:
        return item.order, str(item.label)
    section = _section_of(item.section, world)
    if section is None:
        message = f"menu item {item.label!s} names the section {item.section!r}, which the {world} does not have"
        raise ImproperlyConfigured(message)
    return section.order, str(section.label)


def _section_of(code: str, world: World) -> NavSection | None:
    return next((row for row in _sections if row.code == code and row.world == world), None)


def _address(item: NavItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch as error:
        message = f"menu item {item.label!s} points to {item.url_name!r}, which this host's URLs do not have"
        raise ImproperlyConfigured(message) from error


def _current(path: str, urls: Collection[str]) -> str | None:
    """Choose the deepest menu address above ``path``; the home page only matches itself."""
    above = [url for url in urls if url == path or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(above, key=len, default=None)
