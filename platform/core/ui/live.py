"""Parts of pages that refresh themselves by cheap conditional polling.

The page shows ``{% live url %}…{% endlive %}`` around the part; the part's own view renders the same template and
is wrapped in :func:`conditional_fragment`. The fragment carries its entity tag back in ``If-None-Match``, so a poll
that finds nothing new costs one cheap query and answers 304 without a body. No connection is held.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from core.ui.context_processors import appearance_of
from core.ui.navigation import actor_of

View = Callable[..., HttpResponseBase]
STOP_POLLING_STATUS = 286


def conditional_fragment(version: Callable[..., object]) -> Callable[[View], View]:
    """Answer 304 while ``version(request, *args, **kwargs)`` stays the same, else call the view.

    ``version`` must be much cheaper than the view (a counter, a newest timestamp) and change whenever the part's
    text would. The tag also covers host, address, reader, language and appearance, so no reader is ever told that
    another's copy is still good. Put the permission check *outside* this decorator: a 304 is an answer too.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return view(request, *args, **kwargs)
            etag = _entity_tag(request, version(request, *args, **kwargs))
            request.live_etag = etag  # type: ignore[attr-defined]
            unchanged = get_conditional_response(request, etag=etag)
            response = unchanged if unchanged is not None else view(request, *args, **kwargs)
            response["ETag"] = etag
            # The tag travels in the fragment itself; nobody's figures stay in a shared computer's cache.
            response["Cache-Control"] = "private, no-store"
            return response

        return wrapper

    return decorate


def stop_polling(response: HttpResponse) -> HttpResponse:
    """Mark the last fragment of finished work: it is shown, and the page stops asking."""
    response.status_code = STOP_POLLING_STATUS
    return response


def _entity_tag(request: HttpRequest, version: object) -> str:
    reader = getattr(actor_of(request), "pk", None)
    parts = (
        request.get_host(),
        request.get_full_path(),
        reader,
        get_language(),
        appearance_of(request).to_cookie(),
        version,
    )
    digest = sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()
    return f'"{digest[:32]}"'
