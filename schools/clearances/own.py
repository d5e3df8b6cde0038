"""A mentor's own checklist on his home page, to be read alone."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from core.authz import actor_of
from core.ui.home import HomeBlock
from schools.clearances.selectors import own_checklist
from schools.clearances.words import status_of_line


def own_block(request: HttpRequest) -> HomeBlock | None:
    """Return what the school asks of the reader; None for who is no mentor from outside."""
    day = timezone.localdate()
    found = own_checklist(actor_of(request), day)
    if found is None:
        return None
    return HomeBlock("clearances/home.html", {"lines": [(line, status_of_line(line, day)) for line in found.lines]})
