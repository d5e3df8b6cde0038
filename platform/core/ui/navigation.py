"""The main menu: upper apps register their items at start-up, each page shows what its reader may open.

An item is registered in the app's ``AppConfig.ready``::

    from core.ui.navigation import NavItem, register
    register(NavItem(label=_("Люди"), url_name="people:list", permission=may_see_people, worlds={"school"}, order=20))

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


@dataclass(frozen=True, slots=True)
class NavLink:
    """An item ready for the template."""

    label: str
    url: str
    is_current: bool


_items: list[NavItem] = []


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


def links_for(request: HttpRequest) -> list[NavLink]:
    """Return the reader's menu in order; empty for a visitor who has not signed in."""
    actor = actor_of(request)
    if actor is None:
        return []
    world = world_of(request)
    offered = [item for item in _items if world in item.worlds and item.permission(actor)]
    addressed = [(item, _address(item)) for item in sorted(offered, key=lambda item: item.order)]
    current = _current(request.path, [url for _, url in addressed])
    return [NavLink(str(item.label), url, url == current) for item, url in addressed]


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
