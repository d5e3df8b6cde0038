"""After a merger the taking school's figures are those of both together, and no figure of the past has changed."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from random import Random

import pytest

from core.tenancy import rollup, school
from reports.rollup.live import coverage_as_of
from reports.rollup.sources import rules_now, sources
from schools.coverage.selectors import own_coverage
from tests.reports.support import CENTRE, near, perhaps, write_region
from tests.schools.mergers.hands import in_the_tests_transaction, merged
from tests.support import oracle
from tests.support.oracle.recount import count_school
from tests.support.pooled import together
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db
DAY = CENTRE
BEFORE = [DAY - timedelta(days=shift) for shift in (1, 2, 30)]
AFTER = [DAY + timedelta(days=shift) for shift in (0, 1, 2, 3, 40)]


@pytest.fixture(autouse=True)
def _in_one_transaction(monkeypatch, settings):
    in_the_tests_transaction(monkeypatch)
    settings.MERGER_QUIET_SECONDS = 0


def pool(random: Random) -> list[oracle.Person]:
    """Make people of whom none is taken for another: names apart, a СНИЛС now and then."""
    births = (date(2008, 2, 29), date(2016, 3, 1), date(2012, 6, 6), date(2006, 2, 28), date(1980, 5, 5))
    return [
        oracle.Person(number, f"Лицова{number} Анна", random.choice(births), f"{number:011d}" if number % 2 else "")
        for number in range(8)
    ]


def random_school(random: Random, people: list[oracle.Person], district: str | None) -> oracle.School:
    """Make a school of some of the people, with facts close to the day of the merger."""
    made = oracle.School(district)
    for somebody in random.sample(people, random.randint(3, len(people))):
        snils = somebody.snils if random.random() < 0.7 else ""
        key = uuid.UUID(int=random.getrandbits(128))
        made.people.append(oracle.Person(key, somebody.name, somebody.born, snils))
    made.orders = [
        oracle.Order(uuid.UUID(int=random.getrandbits(128)), number, day)
        for number, day in (("1", CENTRE - timedelta(days=30)), ("2", near(random)), ("", CENTRE), ("4", None))
    ]
    for person in made.people:
        for kind in random.sample(("pupil", "teacher"), random.choice((0, 1, 1, 2))):
            admitted = random.choice((near(random), CENTRE - timedelta(days=random.choice((5, 400)))))
            left = perhaps(random, admitted + timedelta(days=random.choice((5, 6, 7, 405))))
            made.enrolments.append(oracle.Enrolment(person.key, kind, admitted, left))
        for number in range(random.randint(0, 2)):
            given = random.choice((near(random), CENTRE - timedelta(days=300)))
            until, withdrawn = (perhaps(random, given + timedelta(days=random.randint(0, 305))) for _ in range(2))
            made.consents.append(
                oracle.Consent(
                    person.key, oracle.PERSONAL_DATA, str(number), given, random.random() < 0.5, until, withdrawn
                )
            )
    for _place in range(2 * len(made.people)):
        mentor, mentee = random.sample(made.people, 2)
        first = random.choice((near(random), CENTRE - timedelta(days=30)))
        last = perhaps(random, first + timedelta(days=random.randint(0, 40)))
        order = random.choice((None, *(order.key for order in made.orders), made.orders[0].key))
        pair = oracle.Pair(mentor.key, mentee.key, "form", first, last, order)
        if not any((p.mentor, p.mentee, p.first) == (pair.mentor, pair.mentee, pair.first) for p in made.pairs):
            made.pairs.append(pair)
    return made


def counted(made: oracle.School, day: date) -> dict[str, list[int]]:
    return {name: [len(above), len(below)] for name, (above, below) in count_school(made, day).items()}


def figures_of_a(day: date) -> dict[str, list[int]]:
    with school(SCHOOL_A.schema):
        return {figure.definition.code: [figure.num, figure.den] for figure in own_coverage(day)}


def figures_of_region(day: date) -> dict[str, list[int]]:
    with rollup():
        found = coverage_as_of(day, rules_now(), sources(day))
    return {name: [figure.num, figure.den] for name, figure in found.region.figures.items()}


def prove(seed: int) -> None:
    random = Random(seed)
    people = pool(random)
    made = oracle.Region([], {place.code: random_school(random, people, None) for place in (SCHOOL_A, SCHOOL_B)})
    write_region(made)
    past = {day: (figures_of_a(day), figures_of_region(day)) for day in BEFORE}
    merged(DAY)
    both = together(made, SCHOOL_A.code, SCHOOL_B.code)
    for day in AFTER:
        assert figures_of_a(day) == counted(both, day), (seed, day)
        # Nobody came or went: somebody in a pair at one school and enrolled at the other is engaged now, no one else.
        assert figures_of_region(day) == counted(both, day), (seed, day)
        distinct = oracle.recount(made, day)["region"]
        assert [den for _num, den in counted(both, day).values()] == [den for _num, den in distinct.values()]
    for day in BEFORE:
        assert (figures_of_a(day), figures_of_region(day)) == past[day], (seed, day)
        assert past[day][0] == counted(made.schools[SCHOOL_A.code], day)


def test_figures_are_those_of_both_together_and_the_past_stays():
    prove(7)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 160))
def test_figures_in_many_regions(seed):
    prove(seed)
