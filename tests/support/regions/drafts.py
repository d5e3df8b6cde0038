"""What the schools of a region want to say, before anybody types it into a spreadsheet."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from deploy.demo.names import Name, random_name, random_snils

PERSONAL_DATA = "обработка персональных данных"
TO_BANK = "передача в региональный банк наставников"
POSITIONS = (
    "учитель математики",
    "учитель русского языка и литературы",
    "учитель истории",
    "учитель физики",
    "учитель начальных классов",
    "педагог-психолог",
    "социальный педагог",
    "заместитель директора по УВР",
)
VARIANTS = {
    "ученик – ученик": ("успевающий – неуспевающий", "лидер – пассивный", "равный – равному"),
    "учитель – учитель": ("опытный педагог – молодой специалист",),
    "учитель – ученик": ("учитель – неуспевающий ученик", "учитель – одарённый ученик"),
    "студент – ученик": ("лидер – равнодушный", "равный – другому"),
    "работодатель – ученик": ("активный профессионал – равнодушный потребитель",),
    "работодатель – студент": ("успешный профессионал – студент, выбирающий профессию",),
}
REPRESENTATIVES = ("мать", "отец", "опекун")

Row = dict[str, object]
"""One line of a workbook by meaning (`name`, `born`, `first` …); a plain `str` is written as it is."""


@dataclass
class SchoolDraft:
    """The lines of one school, in the order of writing."""

    code: str
    name: str
    district: str | None
    pupils: list[Row] = field(default_factory=list)
    teachers: list[Row] = field(default_factory=list)
    pairs: list[Row] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    orders: list[tuple[str, date]] = field(default_factory=list)


@dataclass
class RegionDraft:
    """The whole region; `day` is the day that the planted edges stand on; `planted` counts them by name."""

    name: str
    day: date
    districts: list[str]
    schools: list[SchoolDraft] = field(default_factory=list)
    planted: dict[str, int] = field(default_factory=dict)


class Maker:
    """Makes lines of one region from one stream of chance."""

    def __init__(self, random: Random, day: date) -> None:
        self.random = random
        self.day = day

    @property
    def september(self) -> date:
        """The first day of the school year that `day` lies in."""
        return date(self.day.year if self.day.month >= 9 else self.day.year - 1, 9, 1)

    def days_from(self, start: date, most: int) -> date:
        """Pick a day at most that many days after the start."""
        return start + timedelta(days=self.random.randint(0, most))

    def years_before(self, years: int, *, days: int = 0) -> date:
        """Find the birth date of one who turns so many full years `days` after `day`."""
        birthday = self.day + timedelta(days=days)
        try:
            return birthday.replace(year=birthday.year - years)
        except ValueError:
            return date(birthday.year - years, 3, 1)

    def pupil(self, school: SchoolDraft, **known: object) -> Row:
        """Add a pupil of classes 1 to 11, admitted by the school year unless the caller knows better."""
        grade = self.random.randint(1, 11)
        born = self.days_from(date(self.september.year - 7 - grade, 11, 1), 364)
        stay = self.random.randint(0, min(grade - 1, 4))
        row: Row = {
            "name": random_name(self.random),
            "born": born,
            "class": f"{grade}{self.random.choice('АБВ')}",
            "snils": random_snils(self.random),
            "admitted": self.september.replace(year=self.september.year - stay),
            "left": None,
        } | known
        school.pupils.append(row)
        return row

    def teacher(self, school: SchoolDraft, **known: object) -> Row:
        """Add a teacher between 22 and 65 years old."""
        years = self.random.randint(0, 30)
        row: Row = {
            "name": random_name(self.random),
            "born": self.days_from(date(self.september.year - 30 - years, 1, 1), 2500),
            "position": self.random.choice(POSITIONS),
            "experience": years,
            "snils": random_snils(self.random),
            "admitted": self.september.replace(year=self.september.year - min(years, 20)),
            "left": None,
        } | known
        school.teachers.append(row)
        return row

    def pair(self, school: SchoolDraft, mentor: Row, mentee: Row, **known: object) -> Row:
        """Add a pair that works on `day` under one of the school's orders."""
        form = str(known.get("form") or self.form_of(mentor, mentee))
        number, ordered_on = self.random.choice(school.orders)
        row: Row = {
            "mentor_name": mentor["name"],
            "mentor_born": mentor["born"],
            "mentor_post": mentor.get("position") or mentor.get("class"),
            "mentee_name": mentee["name"],
            "mentee_born": mentee["born"],
            "mentee_post": mentee.get("position") or mentee.get("class"),
            "form": form,
            "variant": self.random.choice(VARIANTS.get(form, ("равный – равному",))),
            "first": self.days_from(self.september + timedelta(days=9), 30),
            "last": self.random.choice((None, date(self.september.year + 1, 5, 25))),
            "order_number": number,
            "order_date": ordered_on,
        } | known
        school.pairs.append(row)
        return row

    def form_of(self, mentor: Row, mentee: Row) -> str:
        """Name the form that fits who the two are in the school."""
        sides = ["учитель" if "position" in side else "ученик" for side in (mentor, mentee)]
        return "ученик – ученик" if sides == ["ученик", "учитель"] else " – ".join(sides)

    def consent(self, school: SchoolDraft, person: Row, **known: object) -> Row:
        """Add a consent to processing, signed by whoever had to sign on `day`."""
        born = person["born"]
        is_adult = isinstance(born, date) and born <= self.years_before(18)
        row: Row = {
            "name": person["name"],
            "born": born,
            "signer": "сам" if is_adult else self.random.choice(REPRESENTATIVES),
            "kind": PERSONAL_DATA,
            "number": str(len(school.consents) + 1),
            "given": self.days_from(self.september - timedelta(days=8), 40),
            "until": None,
            "withdrawn": None,
        } | known
        school.consents.append(row)
        return row

    def engaged_pupil(
        self,
        school: SchoolDraft,
        pupil: Row | None = None,
        pair: Row | None = None,
        consent: Row | None = None,
    ) -> Row:
        """Add a pupil whom a teacher mentors with everything in order, except for the given changes."""
        made = self.pupil(school, **({"admitted": self.september} | (pupil or {})))
        mentor = self.random.choice([row for row in school.teachers if isinstance(row["born"], date)])
        self.pair(school, mentor, made, **(pair or {}))
        self.consent(school, made, **(consent or {}))
        return made


def as_name(row: Row) -> Name:
    """Read the name of a line that certainly has one."""
    name = row["name"]
    assert isinstance(name, Name)
    return name
