"""A pseudo-locale: every translated text stands between ⟦ and ⟧, so that what nobody marked shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest

OPEN, CLOSE = "⟦", "⟧"
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
# What a person sees or hears of an element beside its text.
_ATTRIBUTES = {"alt", "aria-description", "aria-label", "content", "data-label", "label", "placeholder", "title"}
_UNSEEN = {"script", "style", "template"}


def _marked(translate: Callable[..., str]) -> Callable[..., str]:
    def inner(*args: Any) -> str:
        found = translate(*args)
        # An empty text is asked for by nobody's will: gettext answers it with the head of the catalogue.
        # Of the forms of a number's word one is shown.
        return "|".join(f"{OPEN}{form}{CLOSE}" for form in found.split("|")) if found else found

    return inner


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """Put every translated text between the marks, in templates, forms, models, messages and libraries."""
    from django.utils import translation
    from django.utils.translation import trans_real

    from core.api.schema import document

    with pytest.MonkeyPatch.context() as patch:
        for name in ("gettext", "ngettext", "pgettext", "npgettext"):
            # The module keeps what it has looked up once on this object; lazy texts go through it too.
            patch.setattr(translation._trans, name, _marked(getattr(trans_real, name)), raising=False)
        # The process made it in another language, or will want it in its own again.
        document.cache_clear()
        yield
    document.cache_clear()


class _Texts(HTMLParser):
    """Collects what is seen: the stream of texts, and attributes one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.stream: list[str] = []
        self.attributes: list[str] = []
        self._unseen = 0
        self._in_datalist = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._in_datalist = self._in_datalist or tag == "datalist"
        for name, value in attrs:
            is_shown_value = name == "value" and (tag in ("input", "button") or self._in_datalist)
            if value and (name in _ATTRIBUTES or is_shown_value):
                self.attributes.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        self._in_datalist = self._in_datalist and tag != "datalist"

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.stream.append(data)


def outside_marks(text: str) -> list[str]:
    """Return the pieces of a text that stand outside every pair of marks; pairs may stand in one another.

    :raises ValueError: when a pair does not close: what follows would hide.
    """
    pieces, depth, piece = [], 0, ""
    for letter in text:
        if letter == OPEN:
            depth, pieces, piece = depth + 1, [*pieces, piece], ""
        elif letter == CLOSE:
            depth -= 1
        elif depth == 0:
            piece += letter
        if depth < 0:
            raise ValueError("a mark closes that was not opened")
    if depth:
        raise ValueError(f"{depth} marks are not closed")
    return [*pieces, piece]


def unmarked_in(html: str, is_data: Callable[[str], str]) -> list[str]:
    """Return the texts with Cyrillic letters that nobody marked; ``is_data`` strikes what is data out of a text."""
    parser = _Texts()
    parser.feed(html)
    found = []
    for text in ("\n\x00".join(parser.stream), *parser.attributes):
        try:
            pieces = [line for piece in outside_marks(text) for line in piece.split("\x00")]
        except ValueError as error:
            return [f"{error}: {text[-200:]!r}"]
        found += [left for piece in pieces if (left := is_data(piece).strip()) and CYRILLIC.search(left)]
    return found
