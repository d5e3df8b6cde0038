"""Reference data that schools' pages read all day, remembered by the process for a few seconds.

Standing in a school, each read costs a switch to the region's tables and back: two round trips for a handful of rows
that change a few times a year. What a school adds to a list is remembered under its schema. Only schools
remember; the region's own pages and the roll-up always read.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings

from core.tenancy import Kind, current

P = ParamSpec("P")
T = TypeVar("T")

_known: dict[tuple[Any, ...], tuple[float, tuple[Any, ...]]] = {}


def forget_reference() -> None:
    """Drop what this process remembers (the process that changed an entry, and tests)."""
    _known.clear()


def remembered(read: Callable[P, tuple[T, ...]]) -> Callable[P, tuple[T, ...]]:
    """Answer a school from memory for up to ``REFERENCE_REMEMBERED_SECONDS``; the entries are frozen and named by all.

    The key has no school in it: what schools may read of the reference data is the same for each of them.
    """
    return _remembering(read, lambda schema: "")


def remembered_by_school(read: Callable[P, tuple[T, ...]]) -> Callable[P, tuple[T, ...]]:
    """Answer from memory as :func:`remembered` does, each school from its own: for what a school adds itself."""
    return _remembering(read, lambda schema: schema)


def _remembering(read: Callable[P, tuple[T, ...]], owner: Callable[[str], str]) -> Callable[P, tuple[T, ...]]:
    @wraps(read)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> tuple[T, ...]:
        context = current()
        if context is None or context.kind is not Kind.SCHOOL or not settings.REFERENCE_REMEMBERED_SECONDS:
            return read(*args, **kwargs)
        whose = owner(context.schema or "")
        key, now = (read.__name__, whose, args, tuple(sorted(kwargs.items()))), time.monotonic()
        if key not in _known or _known[key][0] <= now:
            _known[key] = (now + settings.REFERENCE_REMEMBERED_SECONDS, read(*args, **kwargs))
        return _known[key][1]

    return wrapper
