"""Appearance, the living page of the components, and the error pages.

URLconfs name the handlers: ``handler400 = "core.ui.views.bad_request"``, ``handler403 = …permission_denied``,
``handler404 = …page_not_found``, ``handler500 = …server_error``; settings name
``CSRF_FAILURE_VIEW = "core.ui.views.csrf_failure"``.
"""

from __future__ import annotations

import sys
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from core.authz import public
from core.ui import design as samples
from core.ui.appearance import COOKIE_MAX_AGE_SECONDS, COOKIE_NAME, Appearance
from core.ui.context_processors import UiContext
from core.ui.live import conditional_fragment

# So soon whoever met a busy database may ask again.
BUSY_SECONDS = 10


@public
@require_safe
def appearance(request: HttpRequest) -> HttpResponse:
    """Remember the reader's look in a cookie and return to the page they came from.

    GET on purpose: nothing is stored here, and a form without a token also works on error pages.
    """
    chosen = Appearance() if "reset" in request.GET else Appearance.from_mapping(request.GET.dict())
    response = HttpResponseRedirect(_return_address(request))
    if chosen.is_changed:
        response.set_cookie(
            COOKIE_NAME,
            chosen.to_cookie(),
            max_age=COOKIE_MAX_AGE_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(COOKIE_NAME, samesite="Lax")
    return response


def _return_address(request: HttpRequest) -> str:
    """Return ``next`` when it is a path of this very host, else the home page."""
    wanted = request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if is_ours else "/"


@public
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every component in use; in development only."""
    _require_design_page()
    return render(request, "ui/design.html", samples.context_for(request))


@public
@require_safe
@conditional_fragment(lambda request: samples.LIVE_VERSION)
def design_live(request: HttpRequest) -> HttpResponse:
    """Show the sample of a part that refreshes itself."""
    _require_design_page()
    return render(request, "ui/design_live.html")


def _require_design_page() -> None:
    if not getattr(settings, "SHOW_DESIGN_PAGE", settings.DEBUG):
        raise Http404


def _error_page(request: HttpRequest, status: int, template: str, **context: Any) -> HttpResponse:
    """Render without context processors: they could reach for the session that has just failed."""
    body = render_to_string(f"ui/errors/{template}.html", {"ui": UiContext(request), **context})
    return HttpResponse(body, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return _error_page(request, 400, "400")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 with the refusal's own sentence, when the policy gave one."""
    return _error_page(request, 403, "403", reason=str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; the same page whether the thing does not exist or belongs to others."""
    return _error_page(request, 404, "404")


def is_busy(error: BaseException | None) -> bool:
    """Tell whether the database was busy or away: a limit was reached, a lock was not, nobody answered."""
    return isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching the database; 503 when the error in hand says that it was busy or away."""
    if is_busy(sys.exception()):
        response = _error_page(request, 503, "503")
        response["Retry-After"] = str(BUSY_SECONDS)
        return response
    return _error_page(request, 500, "500")


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """Answer 429: the request's school has used up its share; ``wait`` is in seconds.

    Whoever sent a form is told how to send it again.
    """
    return _error_page(request, 429, "429", wait=wait, is_form=request.method == "POST")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token does not fit; ``reason`` is for the log of Django, not for people."""
    return _error_page(request, 403, "403_csrf")
