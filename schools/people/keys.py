"""Keys by which the region counts a person once without knowing who it is.

Keyed hashes made inside the school; the pepper is the region's secret, one for all its schools. Without it nobody can
try the few hundred million СНИЛС or the names of a class against a key.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

from django.conf import settings

_KEY_BYTES = 16


def name_key(folded_name: str, birth_date: date) -> str:
    """Return the key of a full name, folded as it is compared, and a birth date: 32 hex digits (128 bits)."""
    return _keyed(b"name", f"{folded_name}\0{birth_date.isoformat()}")


def snils_key(digits: str) -> str:
    """Return the key of the eleven digits of a СНИЛС, 32 hex digits; the empty string for somebody without one."""
    return _keyed(b"snils", digits) if digits else ""


def _keyed(purpose: bytes, text: str) -> str:
    # The purpose keeps the two kinds apart: no name can be made to look like a number's key.
    made = hmac.new(settings.PERSON_KEY_PEPPER.encode(), purpose + b"\0" + text.encode(), hashlib.sha256)
    return made.digest()[:_KEY_BYTES].hex()
