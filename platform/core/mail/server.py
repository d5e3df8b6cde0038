"""Where letters go, as the environment says it in one address (``EMAIL_URL``). Without Django: settings read it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_DEFAULT_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


class BadServerError(ValueError):
    """An address that names no server; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server, or a folder; ``scheme``: ``smtp`` (STARTTLS), ``smtps``, ``smtp+plain``, ``folder`` or empty."""

    scheme: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    folder: str = ""

    def settings(self) -> dict[str, object]:
        """Return Django's settings for this server; without one, letters go nowhere."""
        if self.scheme == "folder":
            return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": self.folder}
        if not self.scheme:
            return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
        return {
            "EMAIL_BACKEND": "core.mail.backend.EmailBackend",
            "EMAIL_HOST": self.host,
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": self.user,
            "EMAIL_HOST_PASSWORD": self.password,
            "EMAIL_USE_TLS": self.scheme == "smtp",
            "EMAIL_USE_SSL": self.scheme == "smtps",
        }


def server_of(url: str) -> Server:
    """Return the server that an address names; an empty one names none.

    ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…`` (TLS from the first byte), ``smtp+plain://host:25`` (a
    relay of the same network), ``folder:///path`` (files that reach nobody, for a demonstration).

    :raises BadServerError: for anything else.
    """
    if not url:
        return Server()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadServerError("it is no address") from None
    if parts.query or parts.fragment:
        raise BadServerError("nothing may follow the port")
    if parts.scheme == "folder":
        if parts.netloc or not parts.path.startswith("/"):
            raise BadServerError("a folder is written with its whole path: folder:///path")
        return Server("folder", folder=unquote(parts.path))
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadServerError("it begins with smtp://, smtps://, smtp+plain:// or folder://")
    if not parts.hostname or parts.path not in ("", "/"):
        raise BadServerError("it names no host")
    if bool(parts.username) != bool(parts.password):
        raise BadServerError("a user and a password come together")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.scheme, parts.hostname, port or _DEFAULT_PORTS[parts.scheme], user, password)
