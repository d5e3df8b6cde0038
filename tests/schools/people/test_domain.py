"""Ages and names of classes."""

from datetime import date

import pytest

from schools.people.domain import age_on, class_parts, class_title, is_adult_on, latest_birth_date


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2010, 3, 1), date(2028, 2, 29), 17),
        (date(2010, 2, 28), date(2028, 2, 29), 18),
        (date(2012, 11, 21), date(2026, 11, 21), 14),
        (date(2012, 11, 22), date(2026, 11, 21), 13),
    ],
)
def test_full_years(born: date, day: date, years: int):
    assert age_on(born, day) == years
    assert (born <= latest_birth_date(day, 18)) == (years >= 18) == is_adult_on(born, day)


@pytest.mark.parametrize("typed", ["7а", "7-А", "7 «А»", " 07 А класс", '7 "а"', "7A"])
def test_spellings_of_a_class_are_one(typed: str):
    assert class_title(typed) == "7А"
    assert class_parts("7А") == (7, "А")


def test_another_class_name_stays_as_typed():
    assert class_title("Подготовительная  группа") == "Подготовительная группа"
    assert class_parts("Подготовительная группа") == (None, "")
