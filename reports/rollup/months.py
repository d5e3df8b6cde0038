"""Which month-ends are due to be frozen, and which are restored. Pure."""

from __future__ import annotations

from datetime import date, timedelta


def month_end_before(day: date) -> date:
    """Return the last day of the month before the day's."""
    return day.replace(day=1) - timedelta(days=1)


def month_ends(first: date, last: date) -> list[date]:
    """Return the month-ends from ``first`` to ``last``, both included, earliest first."""
    found = []
    end = month_end_before((last.replace(day=28) + timedelta(days=4)).replace(day=1))
    if end > last:
        end = month_end_before(last)
    while end >= first:
        found.append(end)
        end = month_end_before(end)
    return found[::-1]


def frozen_on(month_end: date, freeze_day: int) -> date:
    """Return the day on which a month's figures are frozen: ``freeze_day`` (1–28) of the next month."""
    return (month_end + timedelta(days=1)).replace(day=freeze_day)


def to_freeze(first_day: date, today: date, freeze_day: int) -> list[date]:
    """Return the month-ends since the first roll-up whose day of freezing has come."""
    return [end for end in month_ends(first_day, today) if frozen_on(end, freeze_day) <= today]


def to_restore(first_day: date, months: int) -> list[date]:
    """Return the last ``months`` month-ends before the first roll-up."""
    found = []
    end = month_end_before(first_day)
    for _ in range(months):
        found.append(end)
        end = month_end_before(end)
    return found[::-1]
