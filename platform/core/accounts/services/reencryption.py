"""Second factors under a new secret key, without anybody having to set a phone up again."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from core.accounts.adapters import MfaAdapter

# Where allauth keeps what is encrypted: the key of a code generator, the seed of recovery codes.
_ENCRYPTED = ("secret", "seed")


def reencrypt_second_factors() -> int:
    """Encrypt the second factors of the current world under the present key; return how many there are.

    :raises cryptography.fernet.InvalidToken: when one is under a key that is not among SECRET_KEY_FALLBACKS.
    """
    adapter = MfaAdapter()
    with transaction.atomic():
        every = list(Authenticator.objects.select_for_update())
        for authenticator in every:
            for name in _ENCRYPTED:
                if name in authenticator.data:
                    authenticator.data[name] = adapter.reencrypt(authenticator.data[name])
        Authenticator.objects.bulk_update(every, ["data"])
    return len(every)
