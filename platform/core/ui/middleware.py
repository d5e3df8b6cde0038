"""Request numbers, and honest redirects for parts of pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from structlog.contextvars import bound_contextvars

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Number each request, so that a person can quote one number and the log line is found.

    Must stand first: error pages made by the middleware below it show the number too. A number sent by the
    client is not taken over, since it would go into our logs.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = str(uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        with bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class FragmentRedirectMiddleware:
    """Turn a redirect that answers a part of a page into a move of the whole page.

    A browser follows redirects of scripts silently, so without this the sign-in page would be pasted into
    the middle of a dashboard whose reader's session has ended.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or response.status_code not in (
            301,
            302,
            303,
            307,
            308,
        ):
            return response
        whole_page = HttpResponse(status=204)
        whole_page.cookies = response.cookies
        location = response["Location"]
        if urlsplit(location).path == urlsplit(resolve_url(settings.LOGIN_URL)).path:
            # Reloading keeps the reader's own address as the place to return to after signing in.
            whole_page["HX-Refresh"] = "true"
        else:
            whole_page["HX-Redirect"] = location
        return whole_page
