"""An ordinary region: districts, schools of different sizes, pupils, teachers, pairs and consents."""

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.support.regions.drafts import REPRESENTATIVES, Maker, RegionDraft, Row, SchoolDraft
from tests.support.regions.edges import plant_edges

DISTRICTS = ("Приозёрский район", "Степной район", "Верхнеозёрский городской округ", "Заречный район")
KINDS = ("МБОУ «СОШ № {}»", "МАОУ «Лицей № {}»", "МАОУ «Гимназия № {}»", "МБОУ «ООШ № {}»")


def build_region(
    seed: int,
    *,
    schools: int = 5,
    pupils: tuple[int, int] = (20, 70),
    day: date = date(2026, 10, 31),
    edges: bool = True,
    layout: Path | None = None,
) -> RegionDraft:
    """Draw a region by chance: the same arguments, the same region.

    With `layout`, a region.json, its districts and schools are taken, so that a database which has them
    already can take any seed. Otherwise they follow from the number of schools; the last school belongs to no
    district, and one district has no school. `pupils` bounds the size of a school before edges are planted.
    """
    random = Random(seed)
    make = Maker(random, day)
    region = _schools_of(layout, day) if layout else _invented_schools(schools, day)
    for school in region.schools:
        _fill(make, school, random.randint(*pupils))
    if edges:
        plant_edges(make, region)
    for school in region.schools:
        for table in (school.pupils, school.pairs, school.consents):
            random.shuffle(table)
    return region


def _schools_of(layout: Path, day: date) -> RegionDraft:
    told = json.loads(layout.read_text(encoding="utf-8"))
    schools = [SchoolDraft(each["code"], each["name"], each["district"]) for each in told["schools"]]
    return RegionDraft(told["region"], day, told["districts"], schools)


def _invented_schools(number: int, day: date) -> RegionDraft:
    random = Random(number)
    region = RegionDraft("Верхнеозёрская область", day, list(DISTRICTS))
    for place in range(1, number + 1):
        district = None if place == number > 1 else random.choice(DISTRICTS[:-1])
        name = random.choice(KINDS).format(random.randint(1, 99))
        region.schools.append(SchoolDraft(f"sch{place:02d}", name, district))
    return region


def _fill(make: Maker, school: SchoolDraft, size: int) -> None:
    random = make.random
    numbers = random.sample(range(10, 190), random.randint(1, 4))
    signed = [make.days_from(make.september, 12) for _ in numbers]
    school.orders = [(f"{number}{random.choice(('', '-а'))}", on) for number, on in zip(numbers, signed, strict=True)]
    pupils = [_pupil(make, school) for _ in range(size)]
    teachers = [make.teacher(school) for _ in range(max(3, size // 12))]
    share = random.uniform(0, 0.9)
    for mentee in [*pupils, *teachers]:
        if random.random() < share:
            _mentored(make, school, mentee, pupils, teachers)
    for person in [*pupils, *teachers]:
        if random.random() < share:
            _consenting(make, school, person)


def _pupil(make: Maker, school: SchoolDraft) -> Row:
    """Add a pupil; some come or go during the year, some come only after the day."""
    random, known = make.random, {}
    chance = random.random()
    if chance < 0.08:
        known = {"admitted": make.days_from(make.september, 90)}
    elif chance < 0.14:
        known = {"left": make.days_from(make.september + timedelta(days=1), 90)}
    if random.random() < 0.05:
        known["snils"] = None  # type: ignore[assignment]
    return make.pupil(school, **known)


def _mentored(make: Maker, school: SchoolDraft, mentee: Row, pupils: list[Row], teachers: list[Row]) -> None:
    random = make.random
    peers = teachers if "position" in mentee or random.random() < 0.5 else pupils
    mentor = random.choice([row for row in peers if row is not mentee])
    known: Row = {}
    chance = random.random()
    if chance < 0.06:
        known = {"order_number": None, "order_date": None}
    elif chance < 0.12:
        known = {"first": make.days_from(make.day - timedelta(days=15), 30), "last": None}
    elif chance < 0.2:
        known = {"last": make.days_from(make.september + timedelta(days=40), 60)}
    make.pair(school, mentor, mentee, **known)


def _consenting(make: Maker, school: SchoolDraft, person: Row) -> None:
    random = make.random
    known: Row = {}
    chance = random.random()
    if chance < 0.06:
        known = {"until": make.days_from(make.september + timedelta(days=41), 90)}
    elif chance < 0.12:
        known = {"withdrawn": make.days_from(make.september + timedelta(days=41), 60)}
    elif chance < 0.2:
        known = {"signer": random.choice(("сам", *REPRESENTATIVES))}
    if random.random() < 0.1:
        known["number"] = "б/н"
    make.consent(school, person, **known)
