"""School years, their first days, and names of classes from one to the next: what needs no database."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final

# A school year is spoken of from May, when the next one is prepared, to the end of April.
_FIRST_MONTH: Final = 5
_LAST_GRADES: Final = (4, 9, 11, 12)
_NUMBERED = re.compile(r"(\d{1,2})(\D.*)?")


class Outcome(StrEnum):
    """What becomes of a class, or of one pupil otherwise than of his class, at the end of a school year."""

    PROMOTE = "promote"
    REPEAT = "repeat"
    GRADUATE = "graduate"
    LEAVE = "leave"
    SKIP = "skip"


def school_year_of(day: date) -> int:
    """Return the first calendar year of the school year into which a rollover on the day leads."""
    return day.year if day.month >= _FIRST_MONTH else day.year - 1


def first_day_of(year: int) -> date:
    """Return the first day of a school year, by its first calendar year: proposed for the rollover into it."""
    return date(year, 9, 1)


def start_of_school_year(day: date) -> date:
    """Return the first day of the school year that is under way on a day; summer belongs to the one before it."""
    this_year = first_day_of(day.year)
    return this_year if this_year <= day else first_day_of(day.year - 1)


def is_under_way(year: int, day: date) -> bool:
    """Tell whether a school year has gone on for a month: the school's lists are most likely of that year already."""
    return day >= date(year, 10, 1)


def title_of_year(year: int) -> str:
    """Return «2026/27»."""
    return f"{year}/{(year + 1) % 100:02d}"


def grade_in(title: str) -> int | None:
    """Return the number a class's title begins with: 5 of «5А», 10 of «10 физмат»; None without one."""
    found = _NUMBERED.fullmatch(title)
    return int(found[1]) if found else None


def next_title(title: str) -> str:
    """Return the title of a class a year later, «6А» for «5А»; the empty string for a class without a number."""
    found = _NUMBERED.fullmatch(title)
    return f"{int(found[1]) + 1}{found[2] or ''}" if found else ""


def last_grade(grades: Iterable[int]) -> int:
    """Return the last grade of a school that has these: of a school of nine years it is 9, of a full one 11."""
    highest = max(grades, default=0)
    return next((grade for grade in _LAST_GRADES if grade >= highest), highest)


def proposal(title: str, last: int) -> tuple[Outcome, str]:
    """Return what is proposed for a class, and its next title: who is in the last grade graduates.

    A class without a number is left alone until somebody says what becomes of it.
    """
    grade = grade_in(title)
    if grade is None:
        return Outcome.SKIP, ""
    return (Outcome.GRADUATE, "") if grade >= last else (Outcome.PROMOTE, next_title(title))
