"""Search for people by name without the name in an address.

Addresses end up in histories, logs and Referer headers. A list of people therefore takes its search by POST, remembers
the words in the session (a row of the school's own schema) and goes on by GET with ``found=1``. Other filters stay in
the address, where they can be kept and sent on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

FOUND = "found"
_SESSION_KEY = "searched"
_MARK = "search"  # the filter bar sends it: a page may have other forms
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "q", "page", FOUND, _MARK})
_LONGEST = 100

View = Callable[..., HttpResponse]


def private_search(key: str) -> Callable[[View], View]:
    """Make a list take its search by POST; ``key`` names the list. Stands above every other decorator."""

    def decorate(view: View) -> View:
        @wraps(view)
        def search(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST" or _MARK not in request.POST:
                return view(request, *args, **kwargs)
            words = request.POST.get("q", "").strip()[:_LONGEST]
            kept = QueryDict(mutable=True)
            for name, values in request.POST.lists():
                if name not in _NOT_KEPT and any(values):
                    kept.setlist(name, [str(value) for value in values])
            searched = dict(request.session.get(_SESSION_KEY, {}))
            searched.pop(key, None)
            if words:
                searched[key] = words
                kept[FOUND] = "1"
            request.session[_SESSION_KEY] = searched
            query = kept.urlencode()
            return HttpResponseRedirect(f"{request.path}?{query}" if query else request.path)

        return search

    return decorate


def search_data(request: HttpRequest, key: str) -> QueryDict | None:
    """Return what a list's filter form is bound to: address and remembered words; None when nothing is chosen.

    Words that somebody put into the address are not used.
    """
    data = request.GET.copy()
    data.pop("q", None)
    if FOUND in data:
        words = request.session.get(_SESSION_KEY, {}).get(key, "")
        if words:
            data["q"] = words
    return data or None
