"""Whether a text speaks of a person: rows of files that were refused name people, and have no id for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.text import ru_key

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_EXCEL_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a person is recognised by in a text: names (now and formerly, folded), birth date, СНИЛС."""

    names: tuple[str, ...]
    born: date
    snils: str

    def is_in(self, texts: Iterable[object]) -> bool:
        """Tell whether texts (the cells of a row) speak of the person.

        They do with all words of a name, with the СНИЛС, or with the surname and the birth date. A namesake is taken
        for him too: of two people alike too much is found rather than too little.
        """
        line = ru_key(" ".join(str(text) for text in texts if text is not None))
        if self.snils and self.snils in re.sub(r"(?<=\d)[\s-]+(?=\d)", "", line):
            return True
        words = set(_WORD.findall(line))
        return any(self._names_him(name, words, line) for name in self.names)

    def pattern(self) -> str:
        """Return a regular expression (of PostgreSQL, any case) without which no text speaks of the person."""
        heads = {name.split(" ")[0] for name in self.names if name}
        parts = ["".join("[её]" if letter == "е" else re.escape(letter) for letter in head) for head in sorted(heads)]
        if self.snils:
            parts.append("[ -]*".join(self.snils))
        return "|".join(parts) or r"\Zx"

    def _names_him(self, name: str, words: set[str], line: str) -> bool:
        parts = set(_WORD.findall(name))
        if not parts:
            return False
        if len(parts) > 1 and parts <= words:
            return True
        return name.split(" ")[0] in words and any(text in line for text in _spellings(self.born))


def _spellings(day: date) -> tuple[str, ...]:
    return (
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d.%m.%y}",
        day.isoformat(),
        str((day - _EXCEL_EPOCH).days),
    )
