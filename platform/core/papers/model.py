"""What a document consists of, as plain values: its text is the same however it is written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A centred line in bold."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A clause with its number, «1.» or «1.2.»: typed, not counted by the word processor, so that all can cite it."""

    number: str
    text: str
    depth: int = 0

    @property
    def leads(self) -> bool:
        """Tell whether the clause announces what follows, and stays on one page with it."""
        return self.text.endswith(":")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs: the post on the left, room for the hand, the name on the right."""

    post: str
    name: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own: one file holds the papers of many."""


Block = Heading | Paragraph | Numbered | Signature | NewPage


@dataclass(frozen=True, slots=True)
class Paper:
    """A document. ``title`` is what programmes call the file's document; it stands in no line by itself."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """Return all text in lines, in reading order."""
        return "\n".join(_line(block) for block in self.blocks if not isinstance(block, NewPage))


def _line(block: Heading | Paragraph | Numbered | Signature) -> str:
    match block:
        case Numbered():
            return f"{block.number} {block.text}"
        case Signature():
            return f"{block.post}\t{block.name}"
        case _:
            return block.text


def printable(text: str) -> str:
    """Return the text without characters that no document holds; spaces of every kind are spaces.

    A letter and its sign typed one after the other become one letter where there is one: fonts draw «ӑ» whole.
    """
    whole = unicodedata.normalize("NFC", text)
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in whole)
