"""Signatures, sealed secrets, tokens and file paths that belong to one school."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import PurePosixPath

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.signing import TimestampSigner

from core.tenancy.context import require

_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\Z")


def signer(purpose: str) -> TimestampSigner:
    """Return a signer whose salt names the context and the purpose: a link of one school means nothing in another.

    :raises NoContextError: outside every context.
    """
    return TimestampSigner(salt=f"{require().stamp}:{purpose}")


def cipher(purpose: str) -> MultiFernet:
    """Return the cipher of the secret key for one purpose in this world; texts under a former key can be read too.

    :raises NoContextError: outside every context.
    """
    ciphers = []
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        material = f"{purpose}:{require().stamp}:{key}".encode()
        ciphers.append(Fernet(base64.urlsafe_b64encode(hashlib.sha256(material).digest())))
    return MultiFernet(ciphers)


class DoorTokenGenerator(PasswordResetTokenGenerator):
    """Django's token generator with the context in the salt (equal keys and password hashes exist in many schools)."""

    @property
    def key_salt(self) -> str:  # type: ignore[override]
        """Return a salt that names the current context."""
        return f"{require().stamp}:account-token"


def file_path(purpose: str, name: str) -> str:
    """Return the storage path of a file of the current context: ``<stamp>/<purpose>/<name>``.

    :raises ValueError: for a name that could leave the folder.
    """
    for part in (purpose, name):
        if not _SEGMENT.match(part):
            raise ValueError("a path segment has letters, digits, dot, dash and underscore only")
    return str(PurePosixPath(require().stamp, purpose, name))
