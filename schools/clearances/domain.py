"""The clock of papers: how a kind of paper stands on a day, judged by every paper of the kind that was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_DAY: Final = timedelta(days=1)


class Rule(StrEnum):
    """What a school has decided about a kind of paper."""

    BLOCK = "block"  # without it nobody begins
    WARN = "warn"  # without it people are warned and go on
    OFF = "off"  # it is not asked


# A person of several kinds is asked by the strictest rule of any.
STRICTEST_FIRST: Final = (Rule.BLOCK, Rule.WARN, Rule.OFF)


def strictest(rules: Iterable[Rule]) -> Rule:
    """Return the strictest of rules; without any nothing is asked."""
    return min(rules, key=STRICTEST_FIRST.index, default=Rule.OFF)


class State(StrEnum):
    """How a kind of paper stands with somebody on a day."""

    MISSING = "missing"  # nothing was recorded
    WITHDRAWN = "withdrawn"  # what there was is terminated
    EXPIRED = "expired"
    NOT_YET = "not_yet"  # what there is begins later
    ENDS_IN_7 = "ends_in_7"
    ENDS_IN_30 = "ends_in_30"
    ENDS_IN_60 = "ends_in_60"
    VALID = "valid"


# The clock strikes so many days before the last day on which something is in force.
CLOCK_DAYS: Final = {State.ENDS_IN_7: 7, State.ENDS_IN_30: 30, State.ENDS_IN_60: 60}
ENDING: Final = frozenset(CLOCK_DAYS)
IN_FORCE: Final = frozenset({State.VALID, *ENDING})


class IllegalStepError(Exception):
    """A step that the state of a paper does not allow; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Terms:
    """The days of one paper: ``valid_until`` is its last day, None without an end; ``withdrawn_on`` is not one."""

    issued_on: date
    valid_until: date | None = None
    withdrawn_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """Return the last day in force; None without an end. Before the first day: it never was in force."""
        ends = [] if self.valid_until is None else [self.valid_until]
        if self.withdrawn_on is not None:
            ends.append(self.withdrawn_on - _DAY)
        return min(ends, default=None)

    def includes(self, day: date) -> bool:
        """Tell whether the paper is in force on a day."""
        last = self.last_day
        return self.issued_on <= day and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kind stands: ``at`` is the place of the paper that says so, None when there is none.

    ``until`` is, in force, the last day of the unbroken row of papers (None: no end); expired or withdrawn, the last
    day there was; not yet, the first day to come.
    """

    state: State
    at: int | None = None
    until: date | None = None

    @property
    def is_in_force(self) -> bool:
        """Tell whether a paper of the kind is in force on the day."""
        return self.state in IN_FORCE


def standing_on(papers: Sequence[Terms], day: date) -> Standing:
    """Return how a kind stands on a day, by all its papers: one that is followed without a gap does not end."""
    current = [at for at, paper in enumerate(papers) if paper.includes(day)]
    if current:
        # Of those in force the one that lasts longest is shown.
        at = max(current, key=lambda place: (papers[place].last_day or date.max, papers[place].issued_on))
        until = _unbroken_until(papers, day)
        return Standing(_on_the_clock(until, day), at, until)
    lived = [at for at, paper in enumerate(papers) if (paper.last_day or date.max) >= paper.issued_on]
    later = [at for at in lived if papers[at].issued_on > day]
    if later:
        at = min(later, key=lambda place: papers[place].issued_on)
        return Standing(State.NOT_YET, at, papers[at].issued_on)
    if not papers:
        return Standing(State.MISSING)
    at = max(range(len(papers)), key=lambda place: papers[place].last_day or date.max)
    last = papers[at]
    is_withdrawn = last.withdrawn_on is not None and last.withdrawn_on <= day and last.last_day != last.valid_until
    return Standing(State.WITHDRAWN if is_withdrawn else State.EXPIRED, at, last.last_day)


def _unbroken_until(papers: Sequence[Terms], day: date) -> date | None:
    """Return the last day of the row of papers that goes on without a gap from a day in force; None without end."""
    reached = day
    for paper in sorted(papers, key=lambda each: each.issued_on):
        last = paper.last_day
        if paper.issued_on > reached + _DAY:
            break
        if last is None:
            return None
        reached = max(reached, last)
        if reached == date.max:
            return None
    return reached


def _on_the_clock(until: date | None, day: date) -> State:
    if until is None:
        return State.VALID
    left_days = (until - day).days
    return next((state for state, days in CLOCK_DAYS.items() if left_days <= days), State.VALID)


def withdrawn(terms: Terms, on: date) -> Terms:
    """Return a paper that is terminated from a day on; once more: with the day corrected.

    :raises IllegalStepError: ``withdrawn_before``, the day is before the paper's own.
    """
    if on < terms.issued_on:
        raise IllegalStepError("withdrawn_before")
    return replace(terms, withdrawn_on=on)


def corrected(terms: Terms, *, issued_on: date, valid_until: date | None) -> Terms:
    """Return a paper as it really says, after a slip in recording it.

    :raises IllegalStepError: ``withdrawn``, what was terminated stays as it was; ``ends_before``, it ends before it
        begins.
    """
    if terms.withdrawn_on is not None:
        raise IllegalStepError("withdrawn")
    if valid_until is not None and valid_until < issued_on:
        raise IllegalStepError("ends_before")
    return replace(terms, issued_on=issued_on, valid_until=valid_until)


def months_after(day: date, months: int) -> date:
    """Return the last day of a term of so many months that begins on a day: a first suggestion, to be typed over."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back) - _DAY
        except ValueError:
            continue
    raise ValueError(day)
