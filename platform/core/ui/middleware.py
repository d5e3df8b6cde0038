"""Honest redirects for parts of pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

GetResponse = Callable[[HttpRequest], HttpResponseBase]


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
