"""A server of mail on this machine, as much of one as a letter needs: it says yes and keeps what it was given."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import Message


class _Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        for line in iter(self.rfile.readline, b""):
            word = line.decode("ascii", "replace").strip().upper()
            if word.startswith("QUIT"):
                self._say("221 bye")
                return
            if word.startswith("DATA"):
                self._say("354 go on")
                self._keep()
            elif word.startswith("RCPT") and "REFUSED@" in word:
                self._say("550 no such user")
            else:
                self._say("250 ok")

    def _keep(self) -> None:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.server.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    """The server; ``letters`` are those it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[Message] = []


@contextmanager
def listening() -> Iterator[Sink]:
    """Run a server while the block does."""
    with Sink() as sink:
        thread = threading.Thread(target=sink.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.shutdown()
            thread.join(5)
