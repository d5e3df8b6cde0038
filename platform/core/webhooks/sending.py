"""One request to another programme: to a checked address, within five seconds, following nothing, keeping nothing.

The standard library's client, on purpose: it follows no redirect, repeats nothing, knows no proxies of the environment
and no cookies, and lets a connection be opened to an address that is not the name (decision 0010).
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from core.webhooks.addresses import resolved, target_of
from core.webhooks.errors import WebhookError

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: the status that was answered, or why there was none; how long it took."""

    status: int | None
    fault: str
    took_ms: int

    @property
    def is_taken(self) -> bool:
        """Tell whether the other side has taken the event."""
        return self.status is not None and 200 <= self.status < 300


class _Held(HTTPConnection):
    """A connection to an address that was checked; TLS proves the name all the same."""

    def __init__(self, host: str, port: int, *, address: str, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TIMEOUT_SECONDS)
        self._address, self._tls = address, tls
        self.default_port = 80 if tls is None else 443

    def connect(self) -> None:
        """Open the connection; the socket is in reach of the watch before the handshake."""
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT_SECONDS)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()


def send(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Send one request and return what came of it; never raises for what the other side does.

    The time-out is for all of it together: an answer that comes letter by letter is cut off too.
    """
    started = time.monotonic()

    def outcome(status: int | None, fault: str = "") -> Outcome:
        return Outcome(status, fault, round((time.monotonic() - started) * 1000))

    try:
        target = target_of(url)
        address = resolved(target)
    except WebhookError as refused:
        return outcome(None, refused.code)
    tls = ssl.create_default_context() if target.is_tls else None
    connection = _Held(target.host, target.port, address=address, tls=tls)
    cut = threading.Event()
    watch = threading.Timer(TIMEOUT_SECONDS, _cut_off, (connection, cut))
    watch.daemon = True
    watch.start()
    try:
        connection.request("POST", target.path, body, dict(headers))
        # The status is all that is read; the answer's text stays with whoever wrote it.
        return outcome(connection.getresponse().status)
    except ssl.SSLError:
        return outcome(None, "timeout" if cut.is_set() else "tls")
    except TimeoutError:
        return outcome(None, "timeout")
    except (OSError, HTTPException, ValueError):
        return outcome(None, "timeout" if cut.is_set() else "no_answer")
    finally:
        watch.cancel()
        connection.close()


def _cut_off(connection: HTTPConnection, cut: threading.Event) -> None:
    cut.set()
    if connection.sock is not None:
        try:
            # The plain socket's own: a handshake in another thread must not be asked to say good-bye.
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
        except OSError:
            return
