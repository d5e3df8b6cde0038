"""Which addresses events may go to: https on the public Internet, looked up once and held to what was found.

An address is checked when it is registered and again before each request, after its name has been resolved; the
request then goes to the very address that was checked, so that a name that changes its mind leads nowhere.
"""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.webhooks.errors import WebhookError

LONGEST_URL = 500
LOOKUP_SECONDS = 3.0
# Addresses that wrap another one: what is inside would have to be checked too, and nobody needs them.
_WRAPPING = tuple(
    map(ip_network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"))
)
_NEVER = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10")))
Address = IPv4Address | IPv6Address
# What is ASCII stays as it was written, escapes among it.
_SAFE = "".join(map(chr, range(0x21, 0x7F)))
_HOST = re.compile(r"[a-z0-9_.:%-]+")


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart, as it is asked for: ``host`` in ASCII, ``path`` with its query, escaped."""

    is_tls: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Return an address taken apart; «https://школа.рф/приём» is asked for as its ASCII form.

    :raises WebhookError: for one that events never go to, whatever its name resolves to.
    """
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise _bad(_("Напишите адрес целиком, например https://example.org/hooks."))
    try:
        parts = urlsplit(url)
        port = parts.port
        # By the standard library's codec (IDNA 2003): every Russian name is the same in the later one. What is checked
        # below and asked for later is this form: other spellings of an inner address end in it too.
        host = (parts.hostname or "").encode("idna").decode("ascii").rstrip(".")
    except ValueError:
        raise _bad(_("Напишите адрес целиком, например https://example.org/hooks.")) from None
    if not _HOST.fullmatch(host) or parts.username is not None or parts.password is not None:
        raise _bad(_("Напишите адрес целиком, например https://example.org/hooks."))
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_TO_LOOPBACK):
        raise _bad(_("Адрес должен начинаться с https://."))
    if _is_ours(host):
        raise _bad(_("Это адрес самой платформы: события ей отправлять незачем."))
    is_tls = parts.scheme == "https"
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return Target(is_tls, host, port or (443 if is_tls else 80), path)


def resolved(target: Target) -> str:
    """Return the address, as text, that a request to the target must go to.

    :raises WebhookError: the name is unknown, or one of its addresses is not on the public Internet.
    """
    found = _lookup(target.host, target.port)
    if not found:
        raise WebhookError("unknown_host", _("Такого адреса сейчас нет: проверьте имя сайта."), "url")
    if not all(is_permitted(each, is_tls=target.is_tls) for each in found):
        raise _bad(_("Этот адрес ведёт во внутреннюю сеть: события отправляются только на сайты в интернете."))
    return str(found[0])


def is_permitted(address: Address, *, is_tls: bool) -> bool:
    """Tell whether a request may go to an address: a public one, by TLS; a loopback one where an operator said so."""
    if settings.WEBHOOKS_TO_LOOPBACK and address.is_loopback:
        return True
    if not is_tls or not address.is_global or address.is_multicast or address.is_unspecified:
        return False
    return not any(address in network for network in (*_WRAPPING, *_NEVER) if network.version == address.version)


def _is_ours(host: str) -> bool:
    base = settings.BASE_DOMAIN.lower()
    return not settings.WEBHOOKS_TO_LOOPBACK and (host == base or host.endswith(f".{base}"))


def _lookup(host: str, port: int) -> list[Address]:
    """Return the addresses of a name; none when nobody answers in time.

    A resolver of the system may take half a minute; it is left behind in a thread that touches nothing.
    """
    found: list[Address] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        # A zone ("fe80::1%eth0") stands behind a per cent sign.
        found.extend(dict.fromkeys(ip_address(str(row[4][0]).partition("%")[0]) for row in rows))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS)
    return [] if thread.is_alive() else found


def _bad(sentence: str) -> WebhookError:
    return WebhookError("bad_address", sentence, "url")
