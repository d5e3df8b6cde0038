"""What is noted of every request: its route, world, status and time, as figures and for the line of the web's log.

Ids only. The route is known by its name; the path, which may hold what somebody typed, is never kept.
"""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.utils.functional import empty

from core.metrics import observe_request

# The WSGI environment is what request and web server share; the server's logger reads its line from there.
KEY: Final = "mentoring.request"
UNKNOWN_ROUTE: Final = "-"


def note_request(request: HttpRequest, *, number: str, status: int, seconds: float) -> None:
    """Count an answered request, and leave what its line in the log says."""
    match = request.resolver_match
    route = (match.view_name or match.route) if match else UNKNOWN_ROUTE
    school: Any = getattr(request, "school", empty)
    world = "none" if school is empty else "school" if school else "region"
    observe_request(world=world, route=route, status=status, seconds=seconds)
    line: dict[str, Any] = {"request": number, "world": world, "route": route}
    if world == "school":
        line["school"] = str(school.id)
    user = _user_of(request)
    if user:
        line["user"] = user
    request.META[KEY] = line


def _user_of(request: HttpRequest) -> str:
    """Return the id of whoever asked when the request has found that out; nothing is asked of the database for it."""
    actor = getattr(request, "actor", None)
    known = getattr(actor, "_wrapped", actor)
    if known is None or known is empty:
        return ""
    return str(known.pk) if known.pk else ""
