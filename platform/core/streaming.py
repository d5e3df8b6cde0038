"""Large files as answers: sent piece by piece, so that a web process holds one piece at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.http import StreamingHttpResponse

_signs: list[Callable[[], object]] = []


def sign_of_life(sign: Callable[[], object]) -> None:
    """Call this after each piece: the web server ends a process that is silent for long, and a line may be slow."""
    _signs[:] = [sign]


def streamed(pieces: Iterable[bytes], *, size_bytes: int, content_type: str) -> StreamingHttpResponse:
    """Return an answer that takes its pieces only when the one before is sent.

    They are taken when the request's context is left: whoever makes them enters it for each. When they end early
    they must raise: the length is told at the beginning, so whoever downloads sees that the file is not whole.
    """
    response = StreamingHttpResponse(_alive_between(pieces), content_type=content_type)
    response["Content-Length"] = str(size_bytes)
    return response


def _alive_between(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        for sign in _signs:
            sign()
