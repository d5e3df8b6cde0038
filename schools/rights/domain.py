"""Why data are destroyed and by when; what a school's act has to say. Needs no database.

Terms: 152-ФЗ, ст. 20 ч. 3 (seven working days), ст. 21 ч. 3 (ten working days), ч. 4 and 5 (thirty days). Acts: приказ
Роскомнадзора от 28.10.2022 № 179.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

CONFIRMATION: Final = "уничтожить"
"""The word that is typed before anything is destroyed."""

_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Term:
    """How long the law gives: calendar days, or working days counted Monday to Friday.

    Public holidays are not known here and make the true end later, never earlier.
    """

    days: int
    is_working: bool = False

    def end(self, since: date) -> date:
        """Return the last day of the term that began with an event of the day ``since``."""
        if not self.is_working:
            return since + timedelta(days=self.days)
        day, left = since, self.days
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < _SATURDAY
        return day


WITHDRAWN, FINISHED, NOT_NEEDED, UNLAWFUL = "withdrawn", "finished", "not_needed", "unlawful"
TERMS: Final = {
    WITHDRAWN: Term(30),
    FINISHED: Term(30),
    NOT_NEEDED: Term(7, is_working=True),
    UNLAWFUL: Term(10, is_working=True),
}


def due_on(basis: str, asked_on: date) -> date:
    """Return the last day on which data may still be there."""
    return TERMS[basis].end(asked_on)


def is_confirmed(typed: str) -> bool:
    """Tell whether the typed word is the one that is asked for; case and spaces do not matter."""
    return typed.strip().lower() == CONFIRMATION
