"""What somebody is told of. Without Django."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

# News is forgotten after a quarter: whatever still waits stands on the home page and in the work list.
KEPT_DAYS: Final = 90


class Kind(StrEnum):
    """A sort of news, which its reader switches on and off as a whole."""

    PROPOSAL = "proposal"
    QUESTIONNAIRE = "questionnaire"
    REMINDER = "reminder"
    PAIR = "pair"
    MEETING = "meeting"
    CONCERN = "concern"
    REQUEST = "request"
    WORK = "work"
    CONSENT = "consent"


class News(StrEnum):
    """One thing that can be told; a column of the table holds these words."""

    PROPOSED = "proposed"
    ASKED = "asked"
    ASKED_AGAIN = "asked-again"
    NEVER_MET = "never-met"
    STUCK = "stuck"
    ORDERED = "ordered"
    ENDED = "ended"
    LAST_DAY = "last-day"
    PLANNED = "planned"
    CANCELLED = "cancelled"
    CONCERN = "concern"
    REQUEST = "request"
    REOPENED = "reopened"
    RENEW = "renew"
    MATCHED = "matched"
    NOT_MATCHED = "not-matched"
    IMPORTED = "imported"
    IMPORT_CHECKED = "import-checked"
    IMPORT_STOPPED = "import-stopped"
    WITHDRAWN = "withdrawn"


KIND_OF: Final[Mapping[News, Kind]] = {
    News.PROPOSED: Kind.PROPOSAL,
    News.ASKED: Kind.QUESTIONNAIRE,
    News.ASKED_AGAIN: Kind.REMINDER,
    News.NEVER_MET: Kind.REMINDER,
    News.STUCK: Kind.REMINDER,
    News.ORDERED: Kind.PAIR,
    News.ENDED: Kind.PAIR,
    News.LAST_DAY: Kind.PAIR,
    News.PLANNED: Kind.MEETING,
    News.CANCELLED: Kind.MEETING,
    News.CONCERN: Kind.CONCERN,
    News.REQUEST: Kind.REQUEST,
    News.REOPENED: Kind.QUESTIONNAIRE,
    News.RENEW: Kind.REMINDER,
    News.MATCHED: Kind.WORK,
    News.NOT_MATCHED: Kind.WORK,
    News.IMPORTED: Kind.WORK,
    News.IMPORT_CHECKED: Kind.WORK,
    News.IMPORT_STOPPED: Kind.WORK,
    News.WITHDRAWN: Kind.CONSENT,
}
ABOUT_PAIRS: Final = frozenset(
    {News.NEVER_MET, News.STUCK, News.ORDERED, News.ENDED, News.LAST_DAY, News.PLANNED, News.CANCELLED}
)
ABOUT_ANSWERS: Final = frozenset({News.ASKED, News.ASKED_AGAIN, News.REOPENED})
ABOUT_RUNS: Final = frozenset({News.MATCHED, News.NOT_MATCHED})
ABOUT_IMPORTS: Final = frozenset({News.IMPORTED, News.IMPORT_CHECKED, News.IMPORT_STOPPED})
# What concerns staff alone; the other sorts are for whoever takes part.
OF_STAFF: Final = frozenset({Kind.CONCERN, Kind.REQUEST, Kind.WORK, Kind.CONSENT})
# The others stand on the home page as things to answer already.
ON_HOME: Final = ABOUT_PAIRS | ABOUT_RUNS | ABOUT_IMPORTS


class Channel(StrEnum):
    """How news reaches its reader."""

    PRODUCT = "product"
    MAIL = "mail"


class Window(StrEnum):
    """When a daily digest comes: at some moment of two hours, each school at its own."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"


_BEGINNINGS: Final = {Window.MORNING: time(6, 30), Window.NOON: time(12, 30), Window.EVENING: time(16, 30)}
WINDOW_LENGTH: Final = timedelta(hours=2)


def begin_of(window: Window, day: date, zone: tzinfo) -> datetime:
    """Return when a window of a day begins, in the region's time."""
    return datetime.combine(day, _BEGINNINGS[window], zone)


# How long a letter is worth sending, and what is waited after each failure, each time twice as long.
LETTER_LIVES: Final = timedelta(hours=24)
DIGEST_LIVES: Final = timedelta(hours=10)
_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=2)


def wait_after(attempts: int) -> timedelta:
    """Return how long a letter rests after so many attempts."""
    factor: int = 2 ** max(0, min(attempts, 10) - 1)
    return min(_FIRST_WAIT * factor, _LONGEST_WAIT)
