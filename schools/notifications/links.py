"""Addresses that stand in letters: the school's own, and signed links that mean nothing in another school."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature
from django.urls import reverse

from core.tenancy import require_school, shared
from core.tenancy.signing import signer
from tenants.registry.routing import host_of
from tenants.transfers.models import Place

CONFIRM_DAYS: Final = 3
_CONFIRM, _STOP = "schools.notifications.confirm", "schools.notifications.stop"


@dataclass(frozen=True, slots=True)
class Site:
    """The school as a letter speaks of it."""

    title: str
    host: str
    base: str

    def url(self, name: str, token: str = "") -> str:
        """Return the whole address of a page."""
        path = reverse(name, urlconf=settings.SCHOOL_URLCONF)
        return f"{self.base}{path}" + (f"?token={quote(token, safe='')}" if token else "")


def own_site() -> Site | None:
    """Return the current school's site; None for a school that does not work now: nobody could open a link."""
    schema = require_school()
    with shared():
        place = Place.objects.filter(pk=schema).first()
    if place is None:
        return None
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    host = host_of(place.code)
    return Site(" ".join(place.title.split()), host, f"{scheme}://{host}")


def confirm_token(user: UUID, address: str) -> str:
    """Return what proves that a letter came to an address; the address itself does not stand in it."""
    return signer(_CONFIRM).sign(f"{user}.{_print_of(address)}")


def confirms(token: str, user: UUID, address: str) -> bool:
    """Tell whether a token was sent to this address for this account, here, in the last days."""
    try:
        said = signer(_CONFIRM).unsign(token, max_age=timedelta(days=CONFIRM_DAYS))
    except BadSignature:
        return False
    return bool(address) and said == f"{user}.{_print_of(address)}"


def stop_token(user: UUID, what: str) -> str:
    """Return what stops letters of one sort to an account; it does not grow old, as old letters do not."""
    return signer(_STOP).sign(f"{user}.{what}")


def read_stop(token: str) -> tuple[UUID, str] | None:
    """Return (account, sort) of a token; None for one that is not ours, or another school's."""
    try:
        user, _dot, what = signer(_STOP).unsign(token).partition(".")
        return UUID(user), what
    except (BadSignature, ValueError):
        return None


def _print_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]
