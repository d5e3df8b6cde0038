"""Signatures by which a programme knows that an event is ours and fresh: ``t=<seconds>,v1=<HMAC-SHA256>``."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256

HEADER = "X-Mentoring-Signature"
_MARK = "whs_"


def new_secret() -> str:
    """Return a fresh secret."""
    return _MARK + secrets.token_urlsafe(32)


def signature(keys: Iterable[str], body: bytes, *, at: int) -> str:
    """Return the value of the header for a body sent at a time (seconds since 1970, UTC).

    What is signed is ``<t>.<body>``: an old request sent again shows its age. While a secret is being replaced both
    sign, one ``v1`` each.
    """
    signed = f"{at}.".encode() + body
    marks = [f"v1={hmac.new(key.encode(), signed, sha256).hexdigest()}" for key in keys]
    return ",".join([f"t={at}", *marks])


def is_genuine(header: str, body: bytes, *, key: str, now: int, tolerance_seconds: int = 300) -> bool:
    """Tell whether a request is ours and fresh: what a receiver does, kept here as the example to copy."""
    parts = [part.partition("=") for part in header.split(",")]
    times = [value for name, _equals, value in parts if name == "t" and value.isdigit()]
    if len(times) != 1 or abs(now - int(times[0])) > tolerance_seconds:
        return False
    wanted = signature([key], body, at=int(times[0])).partition("v1=")[2]
    return any(hmac.compare_digest(wanted, value) for name, _equals, value in parts if name == "v1")
