"""Turns single cells into texts, classes, years and signatures."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from core.spreadsheets import Cell
from core.text import clean_name, ru_key

_TOTAL = re.compile(r"(?:итого|итог|всего|в том числе|количество|общее (?:число|количество))\b")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
_YEARS = re.compile(r"(\d{1,2})(?:[.,]\d+)?\s*(?:л|г|$)")
_SEXES: Final = {"м": "m", "муж": "m", "мужской": "m", "m": "m", "ж": "f", "жен": "f", "женский": "f", "f": "f"}
_SELF = re.compile(
    r"(?:сама?|сам\(а|самостоятельно|лично|собственноручно|за себя|участник|участница|обучающ\w+|ученик|ученица"
    r"|педагог|учитель|наставник|наставляем\w+|работник|сотрудник|субъект|он же|она же)(?!\w)"
)
_SIGNED_NUMBER = re.compile(r"^(?:приказ\w*\s*)?(?:№|n)?\s*(.+?)\s+от\s+(.+)$", re.IGNORECASE)


def cell_text(value: Cell | None) -> str:
    """Return a cell as one line of text; a whole number loses its «.0», a date is printed дд.мм.гггг."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        line = " ".join(value.split())
        return line if line.isprintable() else _CONTROL.sub("", line)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | datetime):
        return value.strftime("%d.%m.%Y")
    return str(value)


def is_total_line(row: Sequence[Cell], name_column: int | None) -> bool:
    """Tell whether a row sums up the rows above: its first text or its name begins with «Итого» or the like."""
    first = next((cell for cell in row if cell != ""), "")
    if isinstance(first, str) and _TOTAL.match(ru_key(clean_name(first))):
        return True
    if name_column is None or name_column >= len(row):
        return False
    name = row[name_column]
    return isinstance(name, str) and name is not first and bool(_TOTAL.match(ru_key(clean_name(name))))


def is_numbering_line(row: Sequence[Cell]) -> bool:
    """Tell whether a row only numbers the columns, as printed forms do under their header."""
    numbers = [cell_text(cell) for cell in row if cell != ""]
    return len(numbers) >= 3 and numbers == [str(number) for number in range(1, len(numbers) + 1)]


def years_of_experience(value: Cell | None) -> int | None:
    """Return full years: 12 for 12, «12 лет» and «12,5»; None for an empty cell.

    :raises ValueError: a text without a number of years, or a number that no working life has.
    """
    if value is None or value == "":
        return None
    if isinstance(value, int | float):
        years = int(value)
    else:
        text = cell_text(value).lower()
        found = _YEARS.search(text)
        if not found and not re.search(r"\d+\s*мес|нет|^-$", text):
            raise ValueError(text)
        years = int(found[1]) if found else 0
    if not 0 <= years <= 80:
        raise ValueError(years)
    return years


def sex_of(value: Cell | None) -> str:
    """Return "m", "f" or, when the cell says neither, an empty string."""
    return _SEXES.get(cell_text(value).lower().rstrip("."), "")


def signer_of(value: Cell | None, full_name_key: str, self_words: frozenset[str] = frozenset()) -> str:
    """Return "self", "representative" or, for an empty cell, an empty string.

    The participant's own name in the cell is his own signature; any other name is a representative's.
    """
    text = ru_key(clean_name(cell_text(value))).strip(" .()")
    if not text:
        return ""
    if text in self_words or text == full_name_key or _SELF.match(text):
        return "self"
    return "representative"


def split_order(number: str) -> tuple[str, str]:
    """Return (number, date as text) of an order typed in one cell, «№ 44-а от 05.09.2026»; the date may be empty."""
    found = _SIGNED_NUMBER.match(number)
    if found:
        return _bare_number(found[1]), found[2]
    return _bare_number(number), ""


def _bare_number(number: str) -> str:
    return re.sub(r"^(?:приказ\w*\s*)?(?:№|[nN](?=\s*\d))?\s*", "", number)
