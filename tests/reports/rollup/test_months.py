"""Which month-ends are frozen and which restored."""

from __future__ import annotations

from datetime import date

import pytest

from reports.rollup.months import frozen_on, month_ends, to_freeze, to_restore


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 9, 20), date(2026, 11, 4), [date(2026, 9, 30), date(2026, 10, 31)]),
        (date(2026, 9, 30), date(2026, 9, 30), [date(2026, 9, 30)]),
        (date(2026, 9, 1), date(2026, 9, 29), []),
        (date(2028, 2, 1), date(2028, 3, 1), [date(2028, 2, 29)]),
        (date(2026, 12, 1), date(2027, 1, 31), [date(2026, 12, 31), date(2027, 1, 31)]),
    ],
)
def test_month_ends(first, last, found):
    assert month_ends(first, last) == found


def test_a_month_is_frozen_on_the_fifth_of_the_next():
    assert frozen_on(date(2026, 12, 31), 5) == date(2027, 1, 5)
    first = date(2026, 9, 20)
    assert to_freeze(first, date(2026, 10, 4), 5) == []
    assert to_freeze(first, date(2026, 10, 5), 5) == [date(2026, 9, 30)]
    assert to_freeze(first, date(2026, 12, 1), 5) == [date(2026, 9, 30), date(2026, 10, 31)]


def test_months_before_the_first_roll_up_are_restored():
    assert to_restore(date(2026, 10, 3), 3) == [date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)]
    assert to_freeze(date(2026, 10, 3), date(2026, 10, 5), 5) == []
