"""The arithmetic of ages, the bits of definitions, and who is who."""

from __future__ import annotations

from datetime import date

import pytest

from schools.coverage.domain import (
    Keys,
    Rule,
    age_on,
    birthday,
    bit_tests,
    cells_statement,
    identities,
    years_before,
)


@pytest.mark.parametrize(
    ("day", "years", "latest"),
    [
        (date(2026, 10, 31), 10, date(2016, 10, 31)),
        (date(2026, 2, 28), 10, date(2016, 2, 28)),
        (date(2026, 3, 1), 10, date(2016, 3, 1)),
        (date(2028, 2, 29), 10, date(2018, 2, 28)),
        (date(2028, 2, 29), 12, date(2016, 2, 29)),
    ],
)
def test_the_latest_birth_date_of_an_age(day, years, latest):
    assert years_before(day, years) == latest
    assert age_on(latest, day) == years


@pytest.mark.parametrize(
    ("born", "years", "day"),
    [
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(2010, 3, 1), 18, date(2028, 3, 1)),
    ],
)
def test_birthdays(born, years, day):
    assert birthday(born, years) == day
    assert age_on(born, day) == years


def test_age_and_cut_agree_on_every_day_around_the_29th_of_february():
    days = [date(year, month, number) for year in (2026, 2027, 2028) for month, number in ((2, 28), (3, 1))]
    days.append(date(2028, 2, 29))
    births = [date(year, 2, 28) for year in range(2005, 2020)] + [date(y, 2, 29) for y in (2008, 2012, 2016)]
    births += [date(year, 3, 1) for year in range(2005, 2020)]
    for day in days:
        for born in births:
            for years in range(5, 25):
                assert (born <= years_before(day, years)) == (age_on(born, day) >= years)
                assert (birthday(born, years) <= day) == (age_on(born, day) >= years)


def test_a_rule_is_a_test_of_bits():
    mentees, anyone = bit_tests(
        (Rule("m", ("pupil",), "mentee", 10, 19), Rule("a", ("pupil", "teacher"), "any", needs_consent=False))
    )
    enrolled = mentees.kinds
    whole = mentees.kinds | mentees.ages | mentees.roles | mentees.consent
    assert mentees.is_engaged(whole)
    assert not mentees.is_in_base(enrolled)
    assert mentees.is_in_base(enrolled | mentees.ages)
    assert not mentees.is_engaged(whole & ~mentees.consent)
    assert mentees.lacks_only_consent(whole & ~mentees.consent)
    assert anyone.is_engaged(whole & ~mentees.consent)
    assert not anyone.lacks_only_consent(whole & ~mentees.consent)
    assert not anyone.is_in_base(mentees.roles | mentees.consent)


def test_too_many_ages_for_one_pass_are_refused():
    with pytest.raises(ValueError, match="too many"):
        bit_tests(tuple(Rule(str(age), ("pupil",), "any", age, age) for age in range(40)))


def test_a_record_without_number_joins_the_only_number_of_its_name():
    made = identities({1: Keys("n", "a"), 2: Keys("n", ""), 3: Keys("other", "a")})
    assert made == {1: "s:a", 2: "s:a", 3: "s:a"}


def test_a_record_that_would_join_two_numbers_joins_neither():
    made = identities({1: Keys("n", "a"), 2: Keys("n", "b"), 3: Keys("n", ""), 4: Keys("n", "")})
    assert made == {1: "s:a", 2: "s:b", 3: "n:n", 4: "n:n"}


def test_names_are_quoted_and_values_are_literals():
    rule = Rule("r", ("pu'pil",), "any", 10, 19)
    text = cells_statement((rule,), date(2026, 10, 31), ('s"x', None))
    assert '"s""x".coverage_member' in text
    assert "'pu''pil'" in text
