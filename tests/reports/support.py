"""Random small schools, dense in edges, written both into the database and into the recount's records."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from random import Random

from core.tenancy import region, school
from schools.consents.models import Consent
from schools.pairs.models import Order, Pair
from schools.people.keys import name_key, snils_key
from schools.people.models import Enrolment, Person, SchoolClass
from tests.support import oracle
from tests.support.oracle.cells import fold
from tests.support.world import DISTRICT, OTHER_DISTRICT, SCHOOL_A, SCHOOL_B, TestSchool

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
CENTRE = date(2026, 2, 27)
NAMES = ("Лебедев Пётр Ильич", "Ёлкина Анна Львовна", "Сомов Ян")
BIRTHS = (date(2008, 2, 29), date(2016, 2, 29), date(2016, 3, 1), date(2006, 2, 28), date(1980, 5, 5))
NUMBERS = ("", "", "11111111111", "22222222222", "33333333333")
DISTRICTS = {"Проверочный район": DISTRICT, "Соседний район": OTHER_DISTRICT}
DAYS = tuple(CENTRE + timedelta(days=shift) for shift in (-1, 0, 1, 2, 3))


def near(random: Random) -> date:
    """Pick a day close to the days that are asked about."""
    return CENTRE + timedelta(days=random.randint(-3, 5))


def perhaps(random: Random, day: date) -> date | None:
    """Pick the day or none."""
    return random.choice((None, None, None, day))


def random_school(random: Random, district: str | None) -> oracle.School:
    """Make a school of a few people whose names, births and numbers collide often."""
    made = oracle.School(district)
    for _ in range(random.randint(2, 12)):
        key = uuid.UUID(int=random.getrandbits(128))
        made.people.append(oracle.Person(key, random.choice(NAMES), random.choice(BIRTHS), random.choice(NUMBERS)))
    made.orders = [
        oracle.Order(uuid.UUID(int=random.getrandbits(128)), number, day)
        for number, day in (("1", CENTRE - timedelta(days=30)), ("2", near(random)), ("", near(random)), ("4", None))
    ]
    for person in made.people:
        for kind in random.sample(("pupil", "teacher", "staff"), random.choice((0, 1, 1, 2))):
            admitted = near(random) - timedelta(days=random.choice((0, 0, 400)))
            left = perhaps(random, admitted + timedelta(days=random.randint(0, 405)))
            made.enrolments.append(oracle.Enrolment(person.key, kind, admitted, left))
        for number in range(random.randint(0, 3)):
            given = near(random) - timedelta(days=random.choice((0, 300)))
            kind = random.choice((oracle.PERSONAL_DATA, oracle.PERSONAL_DATA, "иное"))
            until = perhaps(random, given + timedelta(days=random.randint(0, 305)))
            withdrawn = perhaps(random, given + timedelta(days=random.randint(0, 305)))
            made.consents.append(
                oracle.Consent(person.key, kind, str(number), given, random.random() < 0.5, until, withdrawn)
            )
    for place in range(3 * len(made.people)):
        mentor, mentee = random.choice(made.people), random.choice(made.people)
        if mentor is not mentee:
            first = near(random) - timedelta(days=random.choice((0, 30)))
            last = perhaps(random, first + timedelta(days=random.randint(0, 40)))
            order = random.choice((None, *(order.key for order in made.orders), made.orders[0].key))
            made.pairs.append(oracle.Pair(mentor.key, mentee.key, f"form-{place}", first, last, order))
    return made


def random_region(random: Random) -> oracle.Region:
    """Make both schools of the check: in one district, in two, or in none."""
    homes = (*DISTRICTS, None)
    made = oracle.Region(list(DISTRICTS))
    for seed in (SCHOOL_A, SCHOOL_B):
        made.schools[seed.code] = random_school(random, random.choice(homes[::2] if random.random() < 0.5 else homes))
    return made


def clear(place: TestSchool) -> None:
    """Empty a school of its people; in its context."""
    Pair.objects.all().delete()
    Order.objects.all().delete()
    Consent.objects.all().delete()
    Enrolment.objects.all().delete()
    Person.objects.all().delete()
    SchoolClass.objects.all().delete()


def write_school(place: TestSchool, made: oracle.School) -> None:
    """Replace all people of a school by the given ones."""
    from tenants.registry.models import School

    with region():
        School.objects.filter(pk=place.id).update(district_id=DISTRICTS.get(made.district))
    with school(place.schema):
        clear(place)
        Person.objects.bulk_create([person_row(person) for person in made.people])
        Enrolment.objects.bulk_create(
            Enrolment(person_id=e.person, kind=e.kind, admitted_on=e.admitted, left_on=e.left) for e in made.enrolments
        )
        Order.objects.bulk_create(
            Order(id=order.key, number=order.number, signed_on=order.signed_on, created_at=NOW) for order in made.orders
        )
        Pair.objects.bulk_create(
            Pair(
                mentor_id=pair.mentor,
                mentee_id=pair.mentee,
                form_code=pair.form,
                starts_on=pair.first,
                ends_on=pair.last,
                order_id=pair.order,
                created_at=NOW,
            )
            for pair in made.pairs
        )
        Consent.objects.bulk_create(consent_row(consent) for consent in made.consents)


def person_row(person: oracle.Person) -> Person:
    """Return the row of a person, keys included."""
    surname, name, *patronymic = person.name.split()
    return Person(
        id=person.key,
        surname=surname,
        name=name,
        patronymic=" ".join(patronymic),
        folded_name=fold(person.name),
        birth_date=person.born,
        snils=person.snils,
        name_key=name_key(fold(person.name), person.born),
        snils_key=snils_key(person.snils),
        created_at=NOW,
        updated_at=NOW,
    )


def consent_row(consent: oracle.Consent) -> Consent:
    """Return the row of a consent."""
    return Consent(
        person_id=consent.person,
        kind="processing" if consent.kind == oracle.PERSONAL_DATA else "transfer",
        signer="self" if consent.by_oneself else "representative",
        number=consent.number,
        given_on=consent.given,
        valid_until=consent.until,
        withdrawn_on=consent.withdrawn,
        created_at=NOW,
    )


def write_region(made: oracle.Region) -> None:
    """Write both schools."""
    for seed in (SCHOOL_A, SCHOOL_B):
        write_school(seed, made.schools[seed.code])
