"""The answer to a school that takes more than its share: told at once, because it is told often."""

from __future__ import annotations

import time
from functools import cache
from math import ceil
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.api.problems import PREFIX, Problem, plain_problem
from core.metrics import count_throttled
from core.ui.appearance import COOKIE_NAME
from core.ui.views import too_many
from tenants.registry.routing import SchoolRoute

_log = structlog.get_logger(__name__)
_LOG_SECONDS: Final = 10.0
_NUMBER: Final = "------------"
_noted: dict[str, float] = {}


@cache
def _page(wait: int, method: str) -> tuple[str, str]:
    """Return the page in its usual look, around the place of the request's number."""
    request = HttpRequest()
    request.method = method
    request.request_id = _NUMBER  # type: ignore[attr-defined]
    before, _number, after = too_many(request, wait).content.decode().partition(_NUMBER)
    return before, after


def throttled(request: HttpRequest, school: SchoolRoute, seconds: float) -> HttpResponse:
    """Answer 429 with when to come again, in the manner of what was asked for."""
    wait = min(60, ceil(seconds))
    count_throttled("requests")
    now = time.monotonic()
    if now - _noted.get(school.schema_name, -_LOG_SECONDS) >= _LOG_SECONDS:
        _noted[school.schema_name] = now
        _log.warning("school_throttled", school=str(school.id), wait_seconds=wait)
    if request.path.startswith(PREFIX):
        words = _("Школа сейчас отправляет слишком много запросов. Повторите через %(wait)s с.") % {"wait": wait}
        return plain_problem(Problem(429, "throttled", words, headers={"Retry-After": str(wait)}))
    if COOKIE_NAME in request.COOKIES:
        response = too_many(request, wait)
    else:
        before, after = _page(wait, "POST" if request.method == "POST" else "GET")
        response = HttpResponse(f"{before}{request.request_id}{after}", status=429)  # type: ignore[attr-defined]
    response["Retry-After"] = str(wait)
    response["Cache-Control"] = "no-store"
    # The middleware that sets the policy of the pages stands further in.
    response["Content-Security-Policy"] = "default-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    return response
