"""Invitation codes: twelve digits, so that no keyboard layout stands in the way, and typed over from paper."""

from __future__ import annotations

import re
import secrets

from django.utils.crypto import salted_hmac

from core.tenancy import require

_DIGITS = 12
_GROUP = 4


def new_code() -> str:
    """Return a fresh code, ``dddd-dddd-dddd``: about 40 bits, tried online only, and slowly."""
    digits = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
    return "-".join(digits[start : start + _GROUP] for start in range(0, _DIGITS, _GROUP))


def clean_code(typed: str) -> str:
    """Return the digits of a typed code; empty when it cannot be one."""
    digits = re.sub(r"[\s\-–—.]", "", typed)
    return digits if re.fullmatch(r"[0-9]{12}", digits) else ""


def hash_code(code: str, *, schema: str = "") -> str:
    """Return the stored form of a code, 64 hex digits: keyed by the secret key and by the world it is for.

    ``schema`` names the school when the region makes a code for it; the current world otherwise.
    """
    world = schema or require().stamp
    return salted_hmac(f"core.accounts.invitation:{world}", clean_code(code), algorithm="sha256").hexdigest()
