"""Ages, names of classes and kinds of people: what needs no database."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

ADULT_AGE_YEARS: Final = 18
# Who can be enrolled: studies or works in this school. Everybody else stands outside it.
ENROLLED_KINDS: Final = ("pupil", "teacher", "staff")
FIRST_BIRTH_YEAR: Final = 1900
# Of whoever was destroyed: the column may not be empty, and nobody can have this one.
NOBODYS_BIRTH_DATE: Final = date(1800, 1, 1)

_CLASS = re.compile(
    r"(\d{1,2})\s*[-–—]?\s*(?:класс|кл)?\.?\s*[-–—]?\s*[«\"'“„]?\s*([а-яё]?)\s*[»\"'”“]?\s*(?:класс|кл)?\.?"
)
_LATIN_LETTERS = str.maketrans("ABEKMHOPCTXabekmhopctx", "АВЕКМНОРСТХавекмнорстх")


def age_on(birth_date: date, day: date) -> int:
    """Return full years on a day; somebody born on 29 February is a year older on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def latest_birth_date(day: date, years: int) -> date:
    """Return the latest date of birth of those who have the full years on the day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February, and the year of birth was a common one
        return date(day.year - years, 2, 28)


def is_adult_on(birth_date: date, day: date) -> bool:
    """Tell whether a person signs for himself on the day."""
    return birth_date <= latest_birth_date(day, ADULT_AGE_YEARS)


def adult_from(birth_date: date) -> date:
    """Return the first day on which a person signs for himself: the 18th birthday, 1 March for 29 February."""
    try:
        return birth_date.replace(year=birth_date.year + ADULT_AGE_YEARS)
    except ValueError:
        return date(birth_date.year + ADULT_AGE_YEARS, 3, 1)


def class_title(text: str) -> str:
    """Return a class in one spelling for «7а», «7-А», «7 «А»» and «7 А класс»: «7А». Other texts stay as typed."""
    line = " ".join(text.split())
    found = _CLASS.fullmatch(line.translate(_LATIN_LETTERS).lower())
    return f"{found[1].lstrip('0')}{found[2].upper()}" if found else line


def class_parts(title: str) -> tuple[int | None, str]:
    """Return grade and letter of a title in its one spelling; (None, "") of a class named otherwise."""
    found = re.fullmatch(r"(\d{1,2})([А-ЯЁ]?)", title)
    return (int(found[1]), found[2]) if found else (None, "")
