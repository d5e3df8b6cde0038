"""Accounts made by commands, told to whoever keeps the description of a local instance."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import OutputWrapper
from django.utils.module_loading import import_string

from tenants.registry.routing import host_of


def announce(out: OutputWrapper, *, role: str, label: str, account: Any) -> None:
    """Print an account as one line of JSON and hand it to ``ACCOUNTS_LISTENER`` when the settings name one.

    Called before the transaction ends: an account that nobody was told about is not left behind.
    """
    facts = {
        "role": role,
        "host": host_of(label),
        "login": account.user.login,
        "password": account.password,
        "totp_secret": account.totp_secret or None,
    }
    listener = getattr(settings, "ACCOUNTS_LISTENER", "")
    if listener:
        import_string(listener)(**facts)
    out.write(json.dumps(facts, ensure_ascii=False))
