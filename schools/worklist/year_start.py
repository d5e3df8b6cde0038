"""From which day the rhythm of support counts: nobody owes this year what was not said in the last one.

The programme year stands above: it says its first day; where no year was begun the school year counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

# Takes a day; returns the first day of the programme year that is under way then, None when none is.
FirstDay = Callable[[date], date | None]
_sources: Final[list[FirstDay]] = []
_SEPTEMBER: Final = 9


def register_year_start(first_day: FirstDay) -> None:
    """Say how the first day of the programme year under way is found."""
    _sources[:] = [first_day]


def year_start(day: date) -> date:
    """Return the first day of the programme year under way, else of the school year; one query at most."""
    begun = next((found for source in _sources if (found := source(day)) is not None), None)
    return begun if begun is not None else date(day.year if day.month >= _SEPTEMBER else day.year - 1, _SEPTEMBER, 1)
