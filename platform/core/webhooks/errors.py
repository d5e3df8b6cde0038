"""Refusals of webhooks: a stable code, a sentence, the input it is about."""

from __future__ import annotations


class WebhookError(Exception):
    """A webhook cannot be as it was asked for."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.field = field
