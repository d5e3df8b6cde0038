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
    return _fingerprint(settings.PERSON_KEY_PEPPER)


def _fingerprint(pepper: str) -> str:
    return hashlib.sha256(pepper.encode()).hexdigest()


def claim_database() -> None:
    """Note the pepper's fingerprint in a fresh database, or compare it. Runs in ``region()``, migrator only.

    :raises ForeignPepperError: when the database was filled with another pepper.
    :raises RotationUnfinishedError: when the pepper is being changed.
    """
    known, _made = Installation.objects.get_or_create(only=True, defaults={"pepper_fingerprint": pepper_fingerprint()})
    if known.rotating_to:
        raise RotationUnfinishedError
    if known.pepper_fingerprint != pepper_fingerprint():
        raise ForeignPepperError


class RotationUnfinishedError(Exception):
    """People's keys are being computed anew: some schools have the former pepper's, some the new one's."""

    def __init__(self) -> None:
        super().__init__(
            "The change of PERSON_KEY_PEPPER is not finished: keys of two peppers stand side by side. "
            "Run rotate_pepper again with the same two peppers; it goes on where it stopped."
        )


def refuse_while_rotating() -> None:
    """Refuse to count people while keys of two peppers stand side by side. In ``region()`` or ``rollup()``.

    :raises RotationUnfinishedError: until the change of the pepper is finished.
    """
    if Installation.objects.exclude(rotating_to="").exists():
        raise RotationUnfinishedError


def begin_rotation(former: str) -> bool:
    """Note that the running pepper takes the place of ``former``; False when it has. In ``region()``, migrator only.

    Committed at once: from here on nothing starts until the change is finished. Begun before, it goes on.

    :raises ForeignPepperError: the former pepper is not the one this database was filled with.
    :raises RotationUnfinishedError: a change to another pepper was begun and is not finished.
    """
    known = Installation.objects.get()
    target = pepper_fingerprint()
    if known.pepper_fingerprint == target and not known.rotating_to:
        return False
    if known.pepper_fingerprint != _fingerprint(former):
        raise ForeignPepperError
    if known.rotating_to not in ("", target):
        raise RotationUnfinishedError
    Installation.objects.filter(pk=known.pk).update(rotating_to=target)
    return True


def finish_rotation() -> None:
    """Note that the running pepper is this database's, in the caller's transaction. In ``region()``, migrator only."""
    Installation.objects.filter(rotating_to=pepper_fingerprint()).update(
        pepper_fingerprint=pepper_fingerprint(), rotating_to=""
    )


def is_foreign_pepper() -> bool:
    """Tell whether the database was filled with another pepper; False in one that was never migrated to this.

    Runs in ``region()``.
    """
    known = Installation.objects.first()
    return known is not None and known.pepper_fingerprint != pepper_fingerprint()
