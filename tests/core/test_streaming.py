"""Answers in pieces: told length, one piece at a time, a sign of life after each."""

from __future__ import annotations

from core import streaming


def test_each_piece_is_asked_for_only_when_the_former_is_sent(monkeypatch):
    said: list[object] = []
    monkeypatch.setattr(streaming, "_signs", [])
    streaming.sign_of_life(lambda: said.append("alive"))

    def pieces():
        for piece in (b"one", b"two"):
            said.append(piece)
            yield piece

    answer = streaming.streamed(pieces(), size_bytes=6, content_type="application/zip")
    assert (answer["Content-Length"], answer["Content-Type"], said) == ("6", "application/zip", [])
    assert list(answer.streaming_content) == [b"one", b"two"]
    assert said == [b"one", "alive", b"two", "alive"]
