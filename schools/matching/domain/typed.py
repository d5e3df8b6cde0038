"""What is typed from the paper of a group meeting: numbers of people of the other side, in the order of preference."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

MOST_PREFERENCES = 3
MOST_VETOES = 20


class TypedFault(StrEnum):
    """What is wrong with a line of numbers."""

    NOT_NUMBERS = "not_numbers"
    UNKNOWN = "unknown"
    REPEATED = "repeated"
    TOO_MANY = "too_many"
    BOTH = "both"


class TypedError(ValueError):
    """A line cannot be taken; ``number`` is the one it is about, or None."""

    def __init__(self, fault: TypedFault, number: int | None = None) -> None:
        super().__init__(fault)
        self.fault = fault
        self.number = number


@dataclass(frozen=True, slots=True)
class Typed:
    """Numbers wished for, best first, and numbers refused."""

    preferences: tuple[int, ...]
    vetoes: tuple[int, ...]


def read_numbers(text: str, known: Collection[int], most: int) -> tuple[int, ...]:
    """Return the numbers of a line such as «3, 7 12» or «№3; №7» in their order.

    :raises TypedError: other text, a number nobody has, one number twice, more than ``most``.
    """
    words = [word for word in re.split(r"[\s,;.№#]+", text.strip()) if word]
    if not all(re.fullmatch(r"[0-9]{1,5}", word) for word in words):
        raise TypedError(TypedFault.NOT_NUMBERS)
    numbers = tuple(int(word) for word in words)
    for place, number in enumerate(numbers):
        if number not in known:
            raise TypedError(TypedFault.UNKNOWN, number)
        if number in numbers[:place]:
            raise TypedError(TypedFault.REPEATED, number)
    if len(numbers) > most:
        raise TypedError(TypedFault.TOO_MANY)
    return numbers


def read_row(preferences: str, vetoes: str, known: Collection[int]) -> Typed:
    """Return both lines of one person.

    :raises TypedError: as :func:`read_numbers`, and for a number on both lines.
    """
    wanted = read_numbers(preferences, known, MOST_PREFERENCES)
    refused = read_numbers(vetoes, known, MOST_VETOES)
    for number in wanted:
        if number in refused:
            raise TypedError(TypedFault.BOTH, number)
    return Typed(wanted, refused)
