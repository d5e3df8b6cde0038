"""Dates as schools type them: Excel dates and serial numbers, дд.мм.гггг, дд.мм.гг, гггг-мм-дд, «26 июля 1981 г.»."""

import re
from datetime import date, datetime, timedelta
from typing import Final

# Excel's day 1 is 1 January 1900, with a 29 February 1900 that never was: counting from this day is right after it.
_EXCEL_ORIGIN: Final = date(1899, 12, 30)
# Smaller numbers are years («2010») or slips of the pen, larger ones are no dates of living people.
_FIRST_SERIAL: Final = 3_654  # 1 January 1910
_LAST_SERIAL: Final = 73_050  # 31 December 2099
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199

_DAY_FIRST = re.compile(r"(\d{1,2})[./\-\s]+(\d{1,2})[./\-\s]+(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})")
_IN_WORDS = re.compile(r"(\d{1,2})[\s\-]*([а-я]{3,})[.\s\-]*(\d{4}|\d{2})")
_SERIAL = re.compile(r"\d{4,5}(?:[.,]0+)?")
_CLOCK = re.compile(r"[t\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?z?$")
_YEAR_WORD = re.compile(r"\s*г(?:ода?)?\.?$")
_QUOTES = str.maketrans({**dict.fromkeys("«»\"'“”„`’"), "\u00a0": " ", **dict.fromkeys("‐‑‒–—−", "-")})
_MONTH_NAMES: Final = (
    ("январь", "января"),
    ("февраль", "февраля"),
    ("март", "марта"),
    ("апрель", "апреля"),
    ("май", "мая"),
    ("июнь", "июня"),
    ("июль", "июля"),
    ("август", "августа"),
    ("сентябрь", "сентября"),
    ("октябрь", "октября"),
    ("ноябрь", "ноября"),
    ("декабрь", "декабря"),
)
# Any beginning of three letters and more names its month: «сен», «сент», «сентября».
_MONTHS: Final = {
    name[:length]: number
    for number, names in enumerate(_MONTH_NAMES, start=1)
    for name in names
    for length in range(3, len(name) + 1)
}


class UnreadableDateError(ValueError):
    """The cell holds something that is no date, or a date that the calendar does not have."""


class DateReader:
    """Reads the date cells of one import, remembering texts that were already read.

    Columns repeat a handful of dates hundreds of times, so that the memory saves most of the work.
    """

    def __init__(self, today: date) -> None:
        """Fix the day against which a two-digit year of birth is placed into a century."""
        self._today = today
        self._births: dict[object, date | None] = {}
        self._days: dict[object, date | None] = {}

    def birth(self, value: object) -> date | None:
        """Return a date of birth; a two-digit year means the latest century that is not in the future.

        :returns: None for an empty cell.
        :raises UnreadableDateError: no date, an impossible one, or one after today.
        """
        if type(value) is date and value <= self._today and value.year >= _FIRST_YEAR:
            return value
        if value not in self._births:
            born = self._read(value, is_birth=True)
            if born is not None and born > self._today:
                raise UnreadableDateError
            self._births[value] = born
        return self._births[value]

    def day(self, value: object) -> date | None:
        """Return a date of an event; a two-digit year is of this century.

        :returns: None for an empty cell.
        :raises UnreadableDateError: no date, or an impossible one.
        """
        if type(value) is date and value.year >= _FIRST_YEAR:
            return value
        if value not in self._days:
            self._days[value] = self._read(value, is_birth=False)
        return self._days[value]

    def _read(self, value: object, *, is_birth: bool) -> date | None:
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return _in_range(value.date())
        if isinstance(value, date):
            return _in_range(value)
        if isinstance(value, bool):
            raise UnreadableDateError
        if isinstance(value, int | float):
            return _from_serial(float(value))
        if isinstance(value, str):
            return self._from_text(value, is_birth=is_birth)
        raise UnreadableDateError

    def _from_text(self, value: str, *, is_birth: bool) -> date | None:
        text = " ".join(value.translate(_QUOTES).lower().split())
        if text in {"", "-", "нет"}:
            return None
        text = _YEAR_WORD.sub("", _CLOCK.sub("", text)).rstrip(" .,")
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year = found.groups()
            return self._build(year, int(month), int(day), is_birth=is_birth)
        if found := _YEAR_FIRST.fullmatch(text):
            return self._build(found[1], int(found[2]), int(found[3]), is_birth=is_birth)
        if found := _IN_WORDS.fullmatch(text):
            return self._build(found[3], _MONTHS.get(found[2], 0), int(found[1]), is_birth=is_birth)
        if _SERIAL.fullmatch(text):
            return _from_serial(float(text.replace(",", ".")))
        raise UnreadableDateError

    def _build(self, year: str, month: int, day: int, *, is_birth: bool) -> date:
        if len(year) == 4:
            return _in_range(_calendar(int(year), month, day))
        if not is_birth:
            return _calendar(2000 + int(year), month, day)
        # 29.02.00 exists in 2000 but not in 1900, so each century is tried on the calendar, the latest first.
        for century in (2000, 1900):
            try:
                born = _calendar(century + int(year), month, day)
            except UnreadableDateError:
                continue
            if born <= self._today:
                return born
        raise UnreadableDateError


def _from_serial(number: float) -> date:
    if not _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        raise UnreadableDateError
    return _EXCEL_ORIGIN + timedelta(days=int(number))


def _calendar(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableDateError from error


def _in_range(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise UnreadableDateError
    return day
