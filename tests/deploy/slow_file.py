"""For the web server of production: one file whose pieces are longer in coming than a process may be silent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django

PIECES, SIZE, SECONDS = 8, 1000, 0.7


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the file, whatever is asked."""
    django.setup()
    from core.streaming import streamed

    def pieces() -> Iterator[bytes]:
        for _ in range(PIECES):
            time.sleep(SECONDS)
            yield b"x" * SIZE

    answer = streamed(pieces(), size_bytes=PIECES * SIZE, content_type="application/zip")
    start_response("200 OK", list(answer.items()))
    return answer.streaming_content
