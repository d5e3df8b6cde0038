"""Synthetic people of a large region, as rows to COPY: the same arguments give the same rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from schools.people.keys import name_key, snils_key

DAY = date(2026, 10, 31)
SEPTEMBER = date(2026, 9, 1)
STAMP = "2026-09-01 08:00:00+00"
TEACHERS_IN_12 = 1
TABLES = {
    "people_person": "id surname name patronymic folded_name birth_date sex snils name_key snils_key phone email "
    "created_at updated_at",
    "people_enrolment": "id person_id kind post experience_years admitted_on left_on",
    "pairs_order": "id number signed_on created_at",
    "pairs_pair": "id mentor_id mentee_id form_code role_variant starts_on ends_on order_id created_at",
    "consents_consent": "id person_id kind signer signer_kinship number given_on valid_until withdrawn_on created_at",
}
"""Tables in the order of their foreign keys, with the columns that are filled."""

_SURNAMES = ("Лебедев", "Сомов", "Ёлкин", "Громов", "Речкин", "Полынин", "Снегов", "Ветлугин", "Карасёв", "Дубов")
_NAMES = ("Пётр", "Ян", "Илья", "Анна", "Вера", "Лев", "Нина", "Олег", "Юлия", "Яков")

Row = tuple[object, ...]


@dataclass(frozen=True)
class Somebody:
    """A person as two schools may both know them."""

    folded: str
    born: date
    snils: str


@dataclass
class Rows:
    """Rows of one school by table."""

    school: int
    tables: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in TABLES})


def regions_rows(random: Random, schools: int, people: int) -> Iterator[Rows]:
    """Make the schools one after another; a few people of each are known to the one before."""
    known: list[tuple[Somebody, bool]] = []
    for number in range(schools):
        made = Rows(number)
        known = list(_fill(random, made, people, known))
        yield made


def _fill(
    random: Random, made: Rows, people: int, neighbours: list[tuple[Somebody, bool]]
) -> Iterator[tuple[Somebody, bool]]:
    pupils: list[uuid.UUID] = []
    teachers: list[uuid.UUID] = []
    # One in fifty came from, or also works in, the school before this one.
    movers = iter(random.sample(neighbours, len(neighbours) // 50))
    for place in range(people):
        is_teacher = place % 12 < TEACHERS_IN_12
        mover = next((who for who, teaches in movers if teaches == is_teacher), None) if place % 10 == 3 else None
        who = mover or _somebody(random, is_teacher)
        key = _id(random)
        (teachers if is_teacher else pupils).append(key)
        _person(random, made, key, who, is_teacher)
        _consents(random, made, key, who)
        yield who, is_teacher
    _pairs(random, made, pupils, teachers)


def _id(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _somebody(random: Random, is_teacher: bool) -> Somebody:
    years = random.randint(23, 65) if is_teacher else random.randint(7, 18)
    born = date(DAY.year - years, 1, 1) + timedelta(days=random.randint(0, 364))
    name = f"{random.choice(_SURNAMES)} {random.choice(_NAMES)} {random.getrandbits(24):06x}"
    digits = f"{random.randrange(10**11):011d}" if random.random() < 0.9 else ""
    return Somebody(name.lower().replace("ё", "е"), born, digits)


def _person(random: Random, made: Rows, key: uuid.UUID, who: Somebody, is_teacher: bool) -> None:
    surname, name, patronymic = who.folded.split()
    # A transfer's second school often has not got the number yet.
    digits = who.snils if random.random() < 0.95 else ""
    keys = (name_key(who.folded, who.born), snils_key(digits))
    made.tables["people_person"].append(
        (key, surname, name, patronymic, who.folded, who.born, "", digits, *keys, "", "", STAMP, STAMP)
    )
    admitted = SEPTEMBER.replace(year=SEPTEMBER.year - random.randint(0, 4))
    left = DAY - timedelta(days=random.randint(-20, 40)) if random.random() < 0.05 else None
    kind = "teacher" if is_teacher else "pupil"
    stays = [(admitted, left)]
    if random.random() < 0.03:
        stays.append((admitted - timedelta(days=400), admitted - timedelta(days=60)))
    for first, last in stays:
        made.tables["people_enrolment"].append((_id(random), key, kind, "", None, first, last))


def _consents(random: Random, made: Rows, key: uuid.UUID, who: Somebody) -> None:
    is_adult = (DAY.year - who.born.year) > 18
    rows = made.tables["consents_consent"]
    for kind, likely in (("processing", 0.88), ("transfer", 0.2)):
        if random.random() < likely:
            given = SEPTEMBER + timedelta(days=random.randint(-8, 30))
            until = DAY + timedelta(days=random.randint(-5, 300)) if random.random() < 0.2 else None
            withdrawn = DAY - timedelta(days=random.randint(-9, 20)) if random.random() < 0.03 else None
            signer, kinship = ("self", "") if is_adult else ("representative", "мать")
            rows.append((_id(random), key, kind, signer, kinship, str(len(rows)), given, until, withdrawn, STAMP))


def _pairs(random: Random, made: Rows, pupils: list[uuid.UUID], teachers: list[uuid.UUID]) -> None:
    orders = [(_id(random), str(number), SEPTEMBER + timedelta(days=9 + number), STAMP) for number in range(3)]
    orders.append((_id(random), "", None, STAMP))
    made.tables["pairs_order"].extend(orders)
    for mentee in pupils:
        if random.random() < 0.65:
            is_peer = random.random() < 0.4
            mentor = random.choice([one for one in random.sample(pupils, 2) if one != mentee] if is_peer else teachers)
            first = SEPTEMBER + timedelta(days=random.randint(5, 30))
            last = first + timedelta(days=random.randint(20, 250)) if random.random() < 0.3 else None
            form = "pupil-pupil" if is_peer else "teacher-pupil"
            order = random.choice(orders)[0]
            made.tables["pairs_pair"].append((_id(random), mentor, mentee, form, "", first, last, order, STAMP))
