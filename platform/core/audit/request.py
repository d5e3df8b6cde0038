"""The number of the request in work, for the audit and the log."""

from __future__ import annotations

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the number of the request in work, or an empty string outside one."""
    return request_id.get()
