"""The clock of papers at the borders of days, and against a judge who walks day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.clearances.domain import (
    CLOCK_DAYS,
    IN_FORCE,
    IllegalStepError,
    State,
    Terms,
    corrected,
    months_after,
    standing_on,
    withdrawn,
)

FIRST, LAST = date(2026, 3, 10), date(2026, 9, 10)
DAY = timedelta(days=1)
PAPER = Terms(FIRST, LAST)


@pytest.mark.parametrize(
    ("papers", "day", "state", "until"),
    [
        ([], FIRST, State.MISSING, None),
        ([PAPER], FIRST - DAY, State.NOT_YET, FIRST),
        ([PAPER], FIRST, State.VALID, LAST),
        ([PAPER], LAST - 61 * DAY, State.VALID, LAST),
        ([PAPER], LAST - 60 * DAY, State.ENDS_IN_60, LAST),
        ([PAPER], LAST - 31 * DAY, State.ENDS_IN_60, LAST),
        ([PAPER], LAST - 30 * DAY, State.ENDS_IN_30, LAST),
        ([PAPER], LAST - 8 * DAY, State.ENDS_IN_30, LAST),
        ([PAPER], LAST - 7 * DAY, State.ENDS_IN_7, LAST),
        ([PAPER], LAST, State.ENDS_IN_7, LAST),
        ([PAPER], LAST + DAY, State.EXPIRED, LAST),
        ([Terms(FIRST)], date(2099, 1, 1), State.VALID, None),
        # Terminated: the day itself is no day of it, and the clock strikes before it as before any end.
        ([Terms(FIRST, None, LAST)], LAST - DAY, State.ENDS_IN_7, LAST - DAY),
        ([Terms(FIRST, None, LAST)], LAST, State.WITHDRAWN, LAST - DAY),
        ([Terms(FIRST, LAST, LAST + DAY)], LAST + DAY, State.EXPIRED, LAST),
        ([Terms(FIRST, None, FIRST)], FIRST, State.WITHDRAWN, FIRST - DAY),
        # A paper that follows without a gap: nothing ends. With a gap of a day it does.
        ([PAPER, Terms(LAST + DAY)], LAST, State.VALID, None),
        ([PAPER, Terms(LAST + DAY, LAST + 40 * DAY)], LAST, State.ENDS_IN_60, LAST + 40 * DAY),
        ([PAPER, Terms(LAST + 2 * DAY)], LAST, State.ENDS_IN_7, LAST),
        ([PAPER, Terms(LAST + 2 * DAY)], LAST + DAY, State.NOT_YET, LAST + 2 * DAY),
    ],
)
def test_the_borders_of_days(papers: list[Terms], day: date, state: State, until: date | None):
    found = standing_on(papers, day)
    assert (found.state, found.until) == (state, until)
    assert found.is_in_force == (state in IN_FORCE)


def test_the_paper_that_is_shown_is_the_one_that_says_so():
    older, newer = Terms(FIRST, LAST), Terms(FIRST + 10 * DAY, LAST + 10 * DAY)
    assert standing_on([newer, older], FIRST + 20 * DAY).at == 0
    assert standing_on([older, newer], LAST + 30 * DAY).at == 1
    assert standing_on([older], FIRST - DAY).at == 0
    assert standing_on([], FIRST).at is None


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
PAPERS = st.lists(st.builds(Terms, DAYS, st.none() | DAYS, st.none() | DAYS), max_size=4)


@settings(max_examples=100, deadline=None)
@given(papers=PAPERS, day=DAYS)
def test_the_clock_agrees_with_walking_day_by_day(papers: list[Terms], day: date):
    found = standing_on(papers, day)
    at, left = day, -1
    while left < 400 and any(paper.includes(at) for paper in papers):
        left, at = left + 1, at + DAY
    assert found.is_in_force == (left >= 0)
    if left >= 0:
        expected = next((state for state, days in CLOCK_DAYS.items() if left <= days), State.VALID)
        assert found.state == expected
        assert found.at is not None
        assert papers[found.at].includes(day)
        assert found.until == (None if left == 400 else day + left * DAY)
    else:
        assert (found.state == State.MISSING) == (not papers)
        comes = [paper for paper in papers if paper.issued_on > day and (paper.last_day or date.max) >= paper.issued_on]
        assert (found.state == State.NOT_YET) == bool(comes)


@given(terms=st.builds(Terms, DAYS, st.none() | DAYS), on=DAYS)
@settings(max_examples=50, deadline=None)
def test_a_terminated_paper_stays_as_it_was(terms: Terms, on: date):
    if on < terms.issued_on:
        with pytest.raises(IllegalStepError, match="withdrawn_before"):
            withdrawn(terms, on)
        return
    ended = withdrawn(terms, on)
    assert not ended.includes(on)
    with pytest.raises(IllegalStepError, match="withdrawn"):
        corrected(ended, issued_on=FIRST, valid_until=None)


def test_a_correction_may_not_end_before_it_begins():
    with pytest.raises(IllegalStepError, match="ends_before"):
        corrected(PAPER, issued_on=LAST, valid_until=LAST - DAY)
    assert corrected(PAPER, issued_on=LAST, valid_until=LAST) == Terms(LAST, LAST)


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 9, 2), 12, date(2027, 9, 1)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
    ],
)
def test_a_usual_term_ends_the_day_before(day: date, months: int, last: date):
    assert months_after(day, months) == last
