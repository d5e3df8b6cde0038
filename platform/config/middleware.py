"""From a request to a world: the host decides whether a school, the region or nobody answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic, perf_counter, thread_time

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import set_urlconf
from django.utils.translation import gettext as _

from config.request_notes import note_request
from config.throttled import throttled
from core.audit.request import request_id
from core.tenancy import region, school
from core.tenancy.share import cost, shares
from tenants.registry.routing import host_of, school_route

Handler = Callable[[HttpRequest], HttpResponse]
_SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))


class RequestNumberMiddleware:
    """Gives every request a number, which errors show and logs and audit carry, and notes how it was answered."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request."""
        began = perf_counter()
        number = uuid.uuid4().hex[:12]
        request.request_id = number  # type: ignore[attr-defined]
        token = request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-Id"] = number
        note_request(request, number=number, status=response.status_code, seconds=perf_counter() - began)
        return response


def _nobody(request: HttpRequest) -> HttpResponse:
    """Answer for a host that is nobody's: a plain 404 that names nothing."""
    return HttpResponse(_("Страница не найдена"), status=404, content_type="text/plain; charset=utf-8")


def _is_typed(request: HttpRequest) -> bool:
    """Tell whether a request may carry what somebody signed in has typed; the cookie is not looked up."""
    return request.method not in _SAFE and settings.SESSION_COOKIE_NAME in request.COOKIES


class WorldMiddleware:
    """Wraps the rest of the request in the context of its host; a school beyond its share of time is refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.shares = shares()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Find the world of the host and answer inside it."""
        if request.path == "/healthz":
            from config.health import healthz

            return healthz(request)
        try:
            host = request.get_host()
        except DisallowedHost:
            return _nobody(request)
        label = self._label(host)
        if label is None:
            return _nobody(request)
        if label == settings.REGION_LABEL:
            request.school = None  # type: ignore[attr-defined]
            self.shares.note_region()
            return self._answer(request, settings.REGION_URLCONF, region())
        route = school_route(label)
        if route is None:
            return _nobody(request)
        if route.redirect_to:
            # Not for good: a school may take its former code back, and browsers would lead in a circle ever after.
            return HttpResponseRedirect(f"{request.scheme}://{host_of(route.redirect_to)}{request.get_full_path()}")
        request.school = route  # type: ignore[attr-defined]
        wait = self.shares.admit(route.schema_name, may_owe=_is_typed(request))
        if wait:
            return throttled(request, route, wait)
        began, worked = monotonic(), thread_time()
        try:
            return self._answer(request, settings.SCHOOL_URLCONF, school(route.schema_name))
        finally:
            took = cost(held=monotonic() - began, worked=thread_time() - worked)
            self.shares.settle(route.schema_name, took)

    def _answer(self, request: HttpRequest, urlconf: str, world: AbstractContextManager[None]) -> HttpResponse:
        request.urlconf = urlconf
        set_urlconf(urlconf)
        with world:
            return self.get_response(request)

    @staticmethod
    def _label(host: str) -> str | None:
        name = host.rsplit(":", 1)[0].lower().rstrip(".")
        suffix = "." + settings.BASE_DOMAIN
        if not name.endswith(suffix):
            return None
        label = name[: -len(suffix)]
        return label if label and "." not in label else None
