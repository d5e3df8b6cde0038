"""Coverage of hand-made records: one person, one rule, one day at a time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.support.oracle import (
    PERSONAL_DATA,
    Consent,
    Enrolment,
    Order,
    Pair,
    Person,
    Region,
    School,
    identities,
    recount,
)

DAY = date(2026, 10, 31)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
LONG_AGO = date(2026, 9, 1)

PUPIL = Person("pupil", "Иванов Пётр", date(2012, 5, 5), "11111111111")
TEACHER = Person("teacher", "Сидорова Анна", date(1980, 1, 1), "22222222222")
STAY = Enrolment("pupil", "pupil", LONG_AGO)
TEACHES = Enrolment("teacher", "teacher", LONG_AGO)
ORDER = Order("order", "14-а", LONG_AGO)
PAIR = Pair("teacher", "pupil", "учитель – ученик", LONG_AGO, None, "order")
BY_MOTHER = Consent("pupil", PERSONAL_DATA, "1", LONG_AGO, by_oneself=False)
BY_TEACHER = Consent("teacher", PERSONAL_DATA, "2", LONG_AGO, by_oneself=True)


def school(**changed: object) -> School:
    """Make a school of one engaged pupil and one engaged teacher, except for what the test changes."""
    records: dict[str, object] = {
        "people": [PUPIL, TEACHER],
        "enrolments": [STAY, TEACHES],
        "orders": [ORDER],
        "pairs": [PAIR],
        "consents": [BY_MOTHER, BY_TEACHER],
    }
    return School(**{**records, **changed})  # type: ignore[arg-type]


def figures(made: School, day: date = DAY) -> dict[str, list[int]]:
    return recount(Region([], {"a": made}), day)["schools"]["a"]  # type: ignore[index]


def test_both_sides_count_and_only_the_mentee_as_mentee() -> None:
    assert figures(school()) == {
        "pupils": [1, 1],
        "pupils_10_19_mentee": [1, 1],
        "pupils_10_19_any": [1, 1],
        "teachers": [1, 1],
        "pupils_and_teachers": [2, 2],
    }


def test_a_pupil_who_is_mentor_counts_as_any_but_not_as_mentee() -> None:
    swapped = replace(PAIR, mentor="pupil", mentee="teacher")
    counted = figures(school(pairs=[swapped]))
    assert counted["pupils"] == counted["pupils_10_19_any"] == [1, 1]
    assert counted["pupils_10_19_mentee"] == [0, 1]


@pytest.mark.parametrize(
    ("changed", "pupils"),
    [
        ({"orders": [replace(ORDER, number="")]}, [0, 1]),
        ({"orders": [replace(ORDER, signed_on=None)]}, [0, 1]),
        ({"orders": [replace(ORDER, signed_on=DAY)]}, [1, 1]),
        ({"orders": [replace(ORDER, signed_on=AFTER)]}, [0, 1]),
        ({"pairs": [replace(PAIR, order=None)]}, [0, 1]),
        ({"pairs": [replace(PAIR, first=DAY)]}, [1, 1]),
        ({"pairs": [replace(PAIR, first=AFTER)]}, [0, 1]),
        ({"pairs": [replace(PAIR, last=DAY)]}, [1, 1]),
        ({"pairs": [replace(PAIR, last=BEFORE)]}, [0, 1]),
        ({"enrolments": [replace(STAY, admitted=DAY), TEACHES]}, [1, 1]),
        ({"enrolments": [replace(STAY, admitted=AFTER), TEACHES]}, [0, 0]),
        ({"enrolments": [replace(STAY, left=DAY), TEACHES]}, [0, 0]),
        ({"enrolments": [replace(STAY, left=AFTER), TEACHES]}, [1, 1]),
        ({"enrolments": [replace(STAY, left=BEFORE), replace(STAY, admitted=DAY), TEACHES]}, [1, 1]),
        ({"enrolments": [STAY]}, [1, 1]),
        ({"consents": [BY_TEACHER]}, [0, 1]),
        ({"consents": [BY_MOTHER]}, [1, 1]),
        ({"consents": [replace(BY_MOTHER, kind="передача в региональный банк наставников")]}, [0, 1]),
        ({"consents": [replace(BY_MOTHER, kind="Обработка персональных  данных")]}, [1, 1]),
        ({"consents": [replace(BY_MOTHER, given=DAY)]}, [1, 1]),
        ({"consents": [replace(BY_MOTHER, given=AFTER)]}, [0, 1]),
        ({"consents": [replace(BY_MOTHER, until=DAY)]}, [1, 1]),
        ({"consents": [replace(BY_MOTHER, until=BEFORE)]}, [0, 1]),
        ({"consents": [replace(BY_MOTHER, withdrawn=DAY)]}, [0, 1]),
        ({"consents": [replace(BY_MOTHER, withdrawn=AFTER)]}, [1, 1]),
        ({"consents": [replace(BY_MOTHER, withdrawn=BEFORE), replace(BY_MOTHER, number="9")]}, [1, 1]),
        ({"consents": [replace(BY_MOTHER, by_oneself=True)]}, [0, 1]),
    ],
)
def test_each_rule_of_engagement_on_its_day(changed: dict[str, object], pupils: list[int]) -> None:
    assert figures(school(**changed))["pupils"] == pupils


@pytest.mark.parametrize(
    ("born", "by_oneself", "counted"),
    [
        (date(2008, 10, 31), False, 0),
        (date(2008, 10, 31), True, 1),
        (date(2008, 11, 1), False, 1),
        (date(2008, 11, 1), True, 0),
    ],
)
def test_the_day_of_turning_18_changes_who_must_have_signed(born: date, by_oneself: bool, counted: int) -> None:
    made = school(people=[replace(PUPIL, born=born), TEACHER], consents=[replace(BY_MOTHER, by_oneself=by_oneself)])
    assert figures(made)["pupils"] == [counted, 1]


@pytest.mark.parametrize(
    ("born", "day", "base"),
    [
        (date(2016, 10, 31), DAY, 1),
        (date(2016, 11, 1), DAY, 0),
        (date(2006, 11, 1), DAY, 1),
        (date(2006, 10, 31), DAY, 0),
        (date(2016, 2, 29), date(2026, 2, 28), 0),
        (date(2016, 2, 29), date(2026, 3, 1), 1),
        (date(2008, 2, 29), date(2028, 2, 28), 1),
        (date(2008, 2, 29), date(2028, 2, 29), 0),
    ],
)
def test_full_years_from_10_to_19(born: date, day: date, base: int) -> None:
    made = school(people=[replace(PUPIL, born=born), TEACHER], enrolments=[replace(STAY, admitted=date(2020, 9, 1))])
    assert figures(made, day)["pupils_10_19_any"][1] == base


def alone(snils: str, *, name: str = "Орлов Пётр", born: date = date(2012, 1, 1), **stay: object) -> School:
    """Make a school of one pupil nobody mentors."""
    return School(
        people=[Person(1, name, born, snils)],
        enrolments=[Enrolment(1, "pupil", LONG_AGO, **stay)],  # type: ignore[arg-type]
    )


def distinct(*schools: School) -> int:
    region = Region([], {f"s{number}": made for number, made in enumerate(schools)})
    assert len(set(identities(region).values())) == recount(region, DAY)["region"]["pupils"][1]  # type: ignore[index]
    return len(set(identities(region).values()))


def test_who_is_who_across_schools() -> None:
    assert distinct(alone("1" * 11), alone("1" * 11)) == 1
    assert distinct(alone("1" * 11), alone("2" * 11)) == 2
    assert distinct(alone("1" * 11), alone("1" * 11, name="Новая Фамилия")) == 1
    assert distinct(alone("1" * 11), alone("", name="ОРЛОВ\N{NO-BREAK SPACE}Петр")) == 1
    assert distinct(alone(""), alone("")) == 1
    assert distinct(alone(""), alone("", born=date(2012, 1, 2))) == 2


def test_a_record_without_snils_joins_neither_of_two_but_its_like() -> None:
    one, two = alone("1" * 11), alone("2" * 11)
    assert distinct(one, two, alone("")) == 3
    assert distinct(one, two, alone(""), alone("")) == 3
    assert distinct(one, one, alone("")) == 1


def test_identity_is_closed_transitively() -> None:
    other_name = {"name": "Иной Пётр"}
    assert distinct(alone("1" * 11), alone("1" * 11, **other_name), alone(""), alone("", **other_name)) == 1


def test_over_schools_engaged_only_where_enrolled() -> None:
    here, there = school(), school(enrolments=[TEACHES])
    without_pairs = school(pairs=[])
    left_but_engaged = replace(there, district="Д")
    region = Region(["Д", "Пустой"], {"here": replace(without_pairs, district="Д"), "there": left_but_engaged})
    counted = recount(region, DAY)
    assert counted["districts"]["Д"]["pupils"] == [0, 1]  # type: ignore[index]
    assert counted["districts"]["Д"]["teachers"] == [1, 1]  # type: ignore[index]
    assert counted["districts"]["Пустой"]["pupils"] == [0, 0]  # type: ignore[index]
    region = Region(["Д"], {"here": here, "there": replace(without_pairs, district="Д")})
    counted = recount(region, DAY)
    assert counted["districts"]["Д"]["pupils"] == [0, 1]  # type: ignore[index]
    assert counted["region"]["pupils_and_teachers"] == [2, 2]  # type: ignore[index]


def test_a_pupil_here_and_teacher_there_is_one_person_of_both() -> None:
    student = school(people=[replace(PUPIL, born=date(2007, 1, 1)), TEACHER], pairs=[])
    trainee = School(
        people=[replace(PUPIL, born=date(2007, 1, 1), snils="")],
        enrolments=[Enrolment("pupil", "teacher", LONG_AGO)],
        orders=[ORDER],
        pairs=[PAIR],
        consents=[replace(BY_MOTHER, by_oneself=True)],
    )
    region = Region([], {"a": replace(student, enrolments=[STAY]), "b": trainee})
    counted = recount(region, DAY)["region"]
    assert counted == {
        "pupils": [0, 1],
        "pupils_10_19_mentee": [0, 1],
        "pupils_10_19_any": [0, 1],
        "teachers": [1, 1],
        "pupils_and_teachers": [1, 1],
    }
