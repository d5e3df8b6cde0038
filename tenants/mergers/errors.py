"""What mergers refuse."""

from __future__ import annotations


class MergerError(ValueError):
    """A step of a merger that cannot be taken now: ``code`` is stable, ``str()`` is the sentence to show."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
