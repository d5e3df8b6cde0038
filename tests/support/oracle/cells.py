"""What one cell of a school's workbook says: a name, a date, a СНИЛС, a number of a paper."""

import re
from datetime import date, datetime, timedelta

MONTHS = {
    "января": 1,
    "февраля": 2,
    "марта": 3,
    "апреля": 4,
    "мая": 5,
    "июня": 6,
    "июля": 7,
    "августа": 8,
    "сентября": 9,
    "октября": 10,
    "ноября": 11,
    "декабря": 12,
}
DAY_ZERO = date(1899, 12, 30)
"""Excel's serial 0 for every date after its invented 29 February 1900."""


class BadDateError(ValueError):
    """The cell holds something that is no day of the calendar."""


def text(cell: object) -> str:
    """Read any cell as text with single plain spaces; an empty cell is the empty text; 44.0 is «44»."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def fold(value: object) -> str:
    """Make spellings comparable: runs of spaces (also no-break ones), case, and ё as е."""
    return text(value).lower().replace("ё", "е")


def fold_form(value: object) -> str:
    """Make spellings of a mentoring form comparable: any dash, with or without spaces and quotes."""
    bare = re.sub("[«»\"“”„']", "", fold(value))
    return re.sub(r"\s*[-‐‑‒–—−]\s*", " – ", bare).strip()  # noqa: RUF100


def snils(cell: object) -> str:
    """Take the eleven digits; fewer or more are no СНИЛС. A number cell has lost its leading zeros."""
    digits = re.sub(r"\D", "", text(cell))
    if isinstance(cell, (int, float)) and digits:
        digits = digits.zfill(11)
    return digits if len(digits) == 11 else ""


def day(cell: object, *, birth: bool = False, today: date) -> date | None:
    """Read a date in any of the accepted styles; None when the cell is empty.

    :raises BadDateError: when it is not empty and no date.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return DAY_ZERO + timedelta(days=int(cell))
    words = fold(cell)
    if not words:
        return None
    return _from_words(words, birth=birth, today=today)


def _from_words(words: str, *, birth: bool, today: date) -> date:
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        year, month, number = map(int, found.groups())
        return _calendar(year, month, number)
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", words):
        number, month, year = map(int, found.groups())
        return _calendar(year, month, number)
    if found := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{2})", words):
        number, month, year = map(int, found.groups())
        read = _calendar(2000 + year, month, number)
        return _calendar(1900 + year, month, number) if birth and read > today else read
    if found := re.fullmatch(r"(\d{1,2}) ([а-я]+) (\d{4})(?: ?г\.?| года)?", words):
        number, month_name, year = found.groups()
        return _calendar(int(year), MONTHS.get(month_name, 0), int(number))
    raise BadDateError(words)


def _calendar(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as error:
        raise BadDateError(str(error)) from error
