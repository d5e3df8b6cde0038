"""One pepper per region: the database remembers the fingerprint of the one its person keys were made with.

Person keys of all schools are keyed hashes under one secret. With another secret the same person gets another key, and
nobody is recognised across schools and years any more; nothing would say so. So every process compares first.
"""

from __future__ import annotations

import hashlib

from django.conf import settings

from tenants.registry.models import Installation


class ForeignPepperError(Exception):
    """The running pepper is not the one this database was filled with."""

    def __init__(self) -> None:
        super().__init__(
            "PERSON_KEY_PEPPER is not the one this database was filled with: people would not be recognised any more. "
            "Restore the pepper of this region from where its secrets are kept, or correct the database's address."
        )


def pepper_fingerprint() -> str:
    """Return the fingerprint of the running pepper: SHA-256, 64 hex digits, as in ``PEPPER_FINGERPRINT``."""
    return hashlib.sha256(settings.PERSON_KEY_PEPPER.encode()).hexdigest()


def claim_database() -> None:
    """Note the pepper's fingerprint in a fresh database, or compare it. Runs in ``region()``, migrator only.

    :raises ForeignPepperError: when the database was filled with another pepper.
    """
    known, _made = Installation.objects.get_or_create(only=True, defaults={"pepper_fingerprint": pepper_fingerprint()})
    if known.pepper_fingerprint != pepper_fingerprint():
        raise ForeignPepperError


def is_foreign_pepper() -> bool:
    """Tell whether the database was filled with another pepper; False in one that was never migrated to this.

    Runs in ``region()``.
    """
    known = Installation.objects.first()
    return known is not None and known.pepper_fingerprint != pepper_fingerprint()
