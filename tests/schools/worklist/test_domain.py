"""The rhythm of support: twice in the first month, then once a month."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.worklist.domain import contact_due_on

BEGUN = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("talks", "last", "due"),
    [
        (0, None, date(2026, 10, 16)),
        (1, date(2026, 10, 10), date(2026, 10, 31)),
        (1, date(2026, 11, 20), date(2026, 12, 20)),
        (2, date(2026, 10, 25), date(2026, 11, 24)),
        (5, date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_the_next_talk(talks: int, last: date | None, due: date):
    assert contact_due_on(BEGUN, talks, last) == due


@given(st.integers(0, 400))
def test_whoever_talks_when_it_is_due_talks_twice_in_the_first_month_and_then_monthly(days: int):
    talks: list[date] = []
    for number in range(days + 1):
        day = BEGUN + timedelta(days=number)
        if contact_due_on(BEGUN, len(talks), talks[-1] if talks else None) <= day:
            talks.append(day)
    expected = 0 if days < 15 else 1 + (days >= 30) + max(0, (days - 30) // 30)
    assert len(talks) == expected
