"""A server of mail on loopback that speaks what real ones do: TLS in both ways, sign-in, its own certificate."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from trustme import CA

USER, PASSWORD = "platform", "p/w of the post"


@dataclass
class Office:
    """The server: its ``url``, and the letters it took."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    signed_in: int = 0

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:
        """Take a letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def lets_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Let in whoever knows the password."""
        self.signed_in += 1
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right)


@contextmanager
def office(scheme: str, *, authority: CA | None = None, name: str = "127.0.0.1", port: int = 0) -> Iterator[Office]:
    """Run a server that speaks a scheme while the block does; its certificate is for ``name``, by the authority."""
    found = Office()
    tls = None
    if authority is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(tls)

    def talk() -> SMTP:
        return SMTP(
            found,
            tls_context=tls if scheme == "smtp" else None,
            require_starttls=scheme == "smtp" and tls is not None,
            authenticator=found.lets_in if tls else None,
            auth_required=tls is not None,
            auth_require_tls=scheme == "smtp",
        )

    # All of it in a thread of its own: beside a browser this one has a loop already.
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    inside = tls if scheme == "smtps" else None
    begun = asyncio.run_coroutine_threadsafe(loop.create_server(talk, "127.0.0.1", port, ssl=inside), loop)
    server = begun.result(5)
    login = f"{USER}:{PASSWORD.replace('/', '%2F').replace(' ', '%20')}@" if tls else ""
    found.url = f"{scheme}://{login}127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(_hang_up(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


async def _hang_up(server: asyncio.Server) -> None:
    """Close the door and leave every conversation."""
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
