"""The refusal to start with a weak or shared secret, and what of the door an installation may leave open."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured

_SHORTEST = 50
_FEWEST_DIFFERENT = 12
# SHA-256 of secrets that are public because the project's own demo or tests use them.
_PUBLIC = frozenset(
    hashlib.sha256(value.encode()).hexdigest() for value in ("test-only-" + "k" * 50, "test-only-" + "p" * 50)
)


def _check(name: str, value: str) -> None:
    if len(value) < _SHORTEST or len(set(value)) < _FEWEST_DIFFERENT:
        raise ImproperlyConfigured(f"{name} is weak: give at least {_SHORTEST} random characters")
    if hashlib.sha256(value.encode()).hexdigest() in _PUBLIC or value.startswith(("demo-", "test-only-")):
        raise ImproperlyConfigured(f"{name} is one of the demo's or the tests': make your own")


def require_strong_secrets(*, secret_key: str, pepper: str) -> None:
    """Refuse weak, public or equal secrets, DEBUG, and a pepper known to belong to another installation.

    ``PEPPER_FINGERPRINT`` (SHA-256, hex), when set, is the fingerprint of this region's pepper: one pepper per region,
    the same for all its schools, so a pepper copied from elsewhere is refused.

    :raises ImproperlyConfigured: with the name of the setting and what to do.
    """
    _check("SECRET_KEY", secret_key)
    _check("PERSON_KEY_PEPPER", pepper)
    if secret_key == pepper:
        raise ImproperlyConfigured("PERSON_KEY_PEPPER must differ from SECRET_KEY")
    if os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}:
        raise ImproperlyConfigured("DEBUG is not for production: unset it")
    expected = os.environ.get("PEPPER_FINGERPRINT", "")
    if expected and hashlib.sha256(pepper.encode()).hexdigest() != expected:
        raise ImproperlyConfigured("PERSON_KEY_PEPPER is another installation's: its fingerprint does not match")


# What `deploy/example.env` holds in the place of every secret.
PLACEHOLDER = "replace-me"


def require_own_addresses(environment: Mapping[str, str]) -> None:
    """Refuse the addresses of servers as the example file gives them.

    :raises ImproperlyConfigured: with the name of the variable that still holds the example's placeholder.
    """
    for name in ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SUPERUSER_URL", "REDIS_URL", "BASE_DOMAIN"):
        if PLACEHOLDER in environment.get(name, ""):
            raise ImproperlyConfigured(f"{name} still holds the example's placeholder: give your own value")


def doors_accepted_open(environment: Mapping[str, str]) -> list[str]:
    """Return the errors of the start-up check that ``WEAKER_DOOR_ACCEPTED`` silences; none unless it says yes.

    On managed PostgreSQL nobody may revoke ``set_config`` and ``plpgsql``. Whoever runs there says so, once, in the
    environment. TEMP is the owner's to revoke everywhere, and a door that could not be looked at is never accepted.
    """
    is_accepted = environment.get("WEAKER_DOOR_ACCEPTED", "").lower() in {"1", "true", "yes"}
    return ["tenancy.E002", "tenancy.E003"] if is_accepted else []
