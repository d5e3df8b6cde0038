"""What every template may ask about the page around it, as one lazy variable ``ui``."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.ui.appearance import COOKIE_NAME, Appearance
from core.ui.navigation import NavGroup, actor_of, menu_for
from core.ui.place import place_of


class UiContext:
    """Facts about the page's frame; each is computed only when a template reads it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def product(self) -> str:
        return str(getattr(settings, "PRODUCT_NAME", "")) or _("Наставничество")

    @cached_property
    def place(self) -> str:
        return place_of(self._request)

    @cached_property
    def appearance(self) -> Appearance:
        return appearance_of(self._request)

    @cached_property
    def navigation(self) -> list[NavGroup]:
        return menu_for(self._request)

    @cached_property
    def actor(self) -> Any:
        """Who has signed in, or None."""
        return actor_of(self._request)

    @cached_property
    def actor_name(self) -> str:
        """A short name for the header: what the account calls itself, never its key."""
        actor = self.actor
        for attribute in ("short_name", "name"):
            if value := getattr(actor, attribute, ""):
                return str(value() if callable(value) else value)
        return str(actor or "")

    @cached_property
    def request_id(self) -> str:
        return str(getattr(self._request, "request_id", ""))

    @cached_property
    def here(self) -> str:
        """The page's own address, to come back to after a change of appearance."""
        return self._request.get_full_path()


def appearance_of(request: HttpRequest) -> Appearance:
    """Read the reader's choice from the cookie; unknown or damaged values mean the ordinary look."""
    return Appearance.from_cookie(request.COOKIES.get(COOKIE_NAME, ""))


def ui(request: HttpRequest) -> dict[str, UiContext]:
    """Django context processor."""
    return {"ui": UiContext(request)}
