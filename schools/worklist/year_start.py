"""From which day the rhythm of support counts: nobody owes this year what was not said in the last one.

The programme year stands above: it says its first day. One that was never closed, or was begun in the spring before,
says nothing of the school year that has begun since: the later of the two days counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from schools.people.school_year import start_of_school_year

# Takes a day; returns the first day of the programme year that is under way then, None when none is.
FirstDay = Callable[[date], date | None]
_sources: Final[list[FirstDay]] = []


def register_year_start(first_day: FirstDay) -> None:
    """Say how the first day of the programme year under way is found."""
    _sources[:] = [first_day]


def year_start(day: date) -> date:
    """Return the later first day of the programme year and the school year that are under way; one query at most."""
    begun = [found for source in _sources if (found := source(day)) is not None]
    return max([*begun, start_of_school_year(day)])
