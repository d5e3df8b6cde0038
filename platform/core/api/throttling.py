"""How often one sender and one school may ask: counted by the minute, in Redis; without Redis nobody is refused."""

from __future__ import annotations

import time
from uuid import UUID

import structlog
from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled

_WINDOW_SECONDS = 60
_log = structlog.get_logger(__name__)


def _count(name: str, window: int) -> int:
    """Return how many requests of ``name`` this window has seen with this one; 0 when nobody can count."""
    key = f"api:{name}:{window}"
    if cache.add(key, 1, timeout=2 * _WINDOW_SECONDS):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the server was away when the window began
        return 0


def count_request(sender: UUID) -> None:
    """Count a request of a token or a user, and of the whole world it is in.

    :raises Throttled: past ``API_REQUESTS_PER_MINUTE`` of either.
    """
    now = time.time()
    window = int(now // _WINDOW_SECONDS)
    for kind, name in (("sender", str(sender)), ("world", "all")):
        if _count(name, window) > settings.API_REQUESTS_PER_MINUTE[kind]:
            _log.warning("api_throttled", kind=kind)
            raise Throttled(wait=_WINDOW_SECONDS - now % _WINDOW_SECONDS + 1)
