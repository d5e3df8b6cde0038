"""What somebody is told of. Without Django."""

from __future__ import annotations

from collections.abc import Mapping
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


class News(StrEnum):
    """One thing that can be told; a column of the table holds these words."""

    PROPOSED = "proposed"
    ASKED = "asked"
    ASKED_AGAIN = "asked-again"
    NEVER_MET = "never-met"
    STUCK = "stuck"
    ORDERED = "ordered"
    ENDED = "ended"
    PLANNED = "planned"
    CONCERN = "concern"
    REQUEST = "request"


KIND_OF: Final[Mapping[News, Kind]] = {
    News.PROPOSED: Kind.PROPOSAL,
    News.ASKED: Kind.QUESTIONNAIRE,
    News.ASKED_AGAIN: Kind.REMINDER,
    News.NEVER_MET: Kind.REMINDER,
    News.STUCK: Kind.REMINDER,
    News.ORDERED: Kind.PAIR,
    News.ENDED: Kind.PAIR,
    News.PLANNED: Kind.MEETING,
    News.CONCERN: Kind.CONCERN,
    News.REQUEST: Kind.REQUEST,
}
ABOUT_PAIRS: Final = frozenset({News.NEVER_MET, News.STUCK, News.ORDERED, News.ENDED, News.PLANNED})
ABOUT_ANSWERS: Final = frozenset({News.ASKED, News.ASKED_AGAIN})
# The others stand on the home page as things to answer already.
ON_HOME: Final = ABOUT_PAIRS
