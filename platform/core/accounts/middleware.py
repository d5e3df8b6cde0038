"""A session belongs to the world it was made in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.tenancy import require

WORLD_KEY = "_world"


class SessionWorldMiddleware:
    """Empties a session that was made in another world; the second lock behind host-only cookies and own tables."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the session's world before anybody reads its user."""
        session = request.session
        if not session.is_empty() and session.get(WORLD_KEY) != require().stamp:
            session.flush()
        response = self.get_response(request)
        if session.modified and not session.is_empty():
            session[WORLD_KEY] = require().stamp
        return response
