"""Stand-ins of the baseline: one school for every request, no routing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.tenancy.context import Context, Kind, _current
from tenants.registry.routing import SchoolRoute
from tests.support.world import SCHOOL_A

_ROUTE = SchoolRoute(SCHOOL_A.id, SCHOOL_A.code, SCHOOL_A.title, SCHOOL_A.schema, None)
_CONTEXT = Context(Kind.SCHOOL, SCHOOL_A.schema, SCHOOL_A.schema)


class NoSchemaRouter:
    """Routes nothing."""


class OneSchoolMiddleware:
    """Names the one school. The product's code asks where it is; a constant answers, and nothing follows from it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        _current.set(_CONTEXT)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        _current.set(_CONTEXT)
        request.school = _ROUTE  # type: ignore[attr-defined]
        return self.get_response(request)
