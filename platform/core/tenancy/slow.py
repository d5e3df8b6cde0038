"""Slow statements, noted by the platform itself: their shape, their world and their time, never a value.

The server cannot do it: values stand in the text it is sent (``bootstrap.quiet_the_server``). Here the text is seen
before they are bound.
"""

from __future__ import annotations

import re
from typing import Any

import structlog

from core.tenancy.limits import limits

_log = structlog.get_logger(__name__)

# No process calls a faster statement slow.
SHORTEST_SLOW_SECONDS = 0.1
_LONGEST = 600
_LITERAL = re.compile(r"'(?:[^']|'')*'|\$\$.*?\$\$|\b\d[\w.-]*", re.DOTALL)
_SPACES = re.compile(r"\s+")


def shape_of(query: Any) -> str:
    """Return a statement without its literals, on one line, cut to 600 characters."""
    if isinstance(query, bytes):
        text = query.decode("utf-8", "replace")
    else:
        text = query if isinstance(query, str) else type(query).__name__
    return _SPACES.sub(" ", _LITERAL.sub("?", text)).strip()[:_LONGEST]


def note_if_slow(query: Any, seconds: float) -> None:
    """Note a statement that took longer than this process finds right."""
    limit = limits().slow
    if limit and seconds >= limit:
        _log.warning("slow_statement", statement=shape_of(query), took_ms=round(seconds * 1000, 1))
