"""Which schools of the demonstration live through a year of the programme, and how far each has come."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where in the year a school stands, beyond what its files say."""

    BEGUN = "begun"
    ASKING = "asking"
    MATCHING = "matching"
    WORKING = "working"
    CLOSED = "closed"


# Schools of middle size: enough to look at, little enough to build in seconds.
LIVED: Final = {
    "dubrava": Stage.BEGUN,
    "krasny-bor": Stage.ASKING,
    "alekseevka": Stage.MATCHING,
    "talitsa": Stage.WORKING,
    "kedrovsk-11": Stage.CLOSED,
}


def code_at(stage: Stage) -> str:
    """Return the code of the school that stands at a stage."""
    return next(code for code, at in LIVED.items() if at is stage)
