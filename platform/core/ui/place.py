"""The name of the place whose page this is: core knows schools by their host, the region's name is told from above."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

_region_names: list[Callable[[], str]] = []


def register_region_name(name: Callable[[], str]) -> None:
    """Tell how to find the region's name (cached by the caller); the app that owns regions calls this at start-up."""
    _region_names[:] = [name]


def place_of(request: HttpRequest) -> str:
    """Return the school's name on its host, else the region's."""
    school = getattr(request, "school", None)
    if school is not None:
        return str(school.title)
    named = _region_names[0]() if _region_names else str(getattr(settings, "REGION_NAME", ""))
    return named or _("Регион")
