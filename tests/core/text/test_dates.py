"""Every style of date of the contract, impossible dates, and the century of a two-digit year."""

from datetime import date, datetime

import pytest

from core.text import DateReader, UnreadableDateError

TODAY = date(2026, 11, 21)
JULY = date(1981, 7, 26)


@pytest.mark.parametrize(
    "typed",
    [
        date(1981, 7, 26),
        datetime(1981, 7, 26, 0, 0),  # noqa: DTZ001 - Excel's dates have no zone
        29793,
        29793.0,
        29793.75,
        "29793",
        "26.07.1981",
        "26.7.1981",
        " 26.07.1981 г.",
        "26/07/1981",
        "26-07-1981",
        "26.07.81",
        "1981-07-26",
        "1981-07-26 00:00:00",
        "1981-07-26T00:00:00",
        "1981.07.26",
        "26 июля 1981 г.",
        "26 июля 1981 года",
        "26 июля 1981",
        "«26» июля 1981 г.",
        "26\u00a0ИЮЛЯ\u00a01981 Г.",
        "26 июл. 1981",
        "26-июл-81",
    ],
)
def test_every_style_reads_the_same_day(typed: object) -> None:
    reader = DateReader(TODAY)
    assert reader.birth(typed) == JULY
    assert reader.birth(typed) == JULY, "also from memory"


@pytest.mark.parametrize("typed", [None, "", "   ", "-", "—"])
def test_an_empty_cell_is_no_date(typed: object) -> None:
    assert DateReader(TODAY).birth(typed) is None
    assert DateReader(TODAY).day(typed) is None


@pytest.mark.parametrize(
    "typed",
    ["31.02.2013", "31.09.2026", "29.02.2025", "00.01.2020", "12.13.2020", "2026-02-30", "32 мая 2020 г.",
     "5 мартобря 2020",
     "когда-то", "2013", 2013, 2013.0, 0, -5, 99999999, True, "1.2.3", "01.01.1812"],
)  # fmt: skip
def test_impossible_dates_are_bad(typed: object) -> None:
    with pytest.raises(UnreadableDateError):
        DateReader(TODAY).birth(typed)
    with pytest.raises(UnreadableDateError):
        DateReader(TODAY).day(typed)


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("21.11.26", date(2026, 11, 21)),  # today is not in the future
        ("22.11.26", date(1926, 11, 22)),
        ("01.01.27", date(1927, 1, 1)),
        ("01.01.00", date(2000, 1, 1)),
        ("29.02.12", date(2012, 2, 29)),
        ("29.02.28", date(1928, 2, 29)),
    ],
)
def test_a_short_year_of_birth_is_the_latest_that_is_not_in_the_future(typed: str, born: date) -> None:
    assert DateReader(TODAY).birth(typed) == born


@pytest.mark.parametrize(("typed", "day"), [("01.09.26", date(2026, 9, 1)), ("25.05.81", date(2081, 5, 25))])
def test_any_other_short_year_is_of_this_century(typed: str, day: date) -> None:
    assert DateReader(TODAY).day(typed) == day


@pytest.mark.parametrize("typed", ["22.11.2026", date(2026, 11, 22), "2030-01-01", "29.02.27"])
def test_nobody_is_born_in_the_future(typed: object) -> None:
    with pytest.raises(UnreadableDateError):
        DateReader(TODAY).birth(typed)
    if typed != "29.02.27":
        assert DateReader(TODAY).day(typed) is not None
