"""The pupils and teachers of a school: those of this year, and those who left it lately."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from deploy.demo.names import Name, random_name, random_snils
from deploy.demo.plan import SchoolPlan
from schools.people.school_year import start_of_school_year

POSITIONS = (
    "учитель начальных классов",
    "учитель русского языка и литературы",
    "учитель математики",
    "учитель истории и обществознания",
    "учитель иностранного языка",
    "учитель физики",
    "учитель химии и биологии",
    "учитель географии",
    "учитель информатики",
    "учитель физической культуры",
    "педагог-психолог",
    "социальный педагог",
    "педагог-организатор",
)
DEPUTY = "заместитель директора по УВР"
CLASS_SIZE = 27


@dataclass(frozen=True)
class Person:
    """One line of «контингент»; a pupil has a class («7Б») and no position, a teacher the other way round."""

    name: Name
    born: date
    snils: str | None
    admitted: date
    left: date | None = None
    school_class: str = ""
    position: str = ""
    experience_years: int = 0

    @property
    def grade(self) -> int:
        """The grade on the day of the list; of one who left, the last one; 0 of a teacher."""
        return int(self.school_class[:-1]) if self.school_class else 0

    def is_enrolled(self, day: date) -> bool:
        """Say whether the day lies between admission and leaving."""
        return self.admitted <= day and (self.left is None or day < self.left)


def random_day(random: Random, first: date, last: date) -> date:
    """Pick a day between the two, both included; the first one when they are the wrong way round."""
    return first + timedelta(days=random.randint(0, max(0, (last - first).days)))


def pupils_of(random: Random, plan: SchoolPlan, today: date) -> list[Person]:
    """Make the pupils: as many as planned are at school today, and last year's leavers come on top."""
    september = start_of_school_year(today)
    people = [_pupil(random, plan, 1 + number % plan.grades, september) for number in range(plan.pupils)]
    leavers = plan.pupils // plan.grades
    people += [_graduate(random, plan, september) for _ in range(leavers)]
    for _ in range(max(1, plan.pupils // 60)):
        gone = _pupil(random, plan, random.randint(1, plan.grades), september)
        people.append(replace(gone, left=random_day(random, september + timedelta(days=20), today)))
    return sorted(people, key=lambda one: (one.grade, one.school_class, str(one.name)))


def _pupil(random: Random, plan: SchoolPlan, grade: int, september: date) -> Person:
    years_here = grade - 1 if random.random() < 0.8 else random.randint(0, grade - 1)
    admitted = september.replace(year=september.year - years_here)
    if random.random() < 0.02:
        admitted += timedelta(days=random.randint(20, 70))
    return Person(
        name=random_name(random),
        born=_born_for(random, grade, september),
        snils=random_snils(random) if random.random() < 0.97 else None,
        admitted=admitted,
        school_class=f"{grade}{_letter(random, plan)}",
    )


def _graduate(random: Random, plan: SchoolPlan, september: date) -> Person:
    last_year = september.replace(year=september.year - 1)
    pupil = _pupil(random, plan, plan.grades, last_year)
    return replace(pupil, left=random_day(random, date(september.year, 6, 22), date(september.year, 6, 30)))


def _born_for(random: Random, grade: int, september: date) -> date:
    """Find a birth date so that first grades begin between 6 years 10 months and 7 years 10 months."""
    return date(september.year - 7 - grade, 11, 1) + timedelta(days=random.randint(0, 364))


def _letter(random: Random, plan: SchoolPlan) -> str:
    classes = max(1, round(plan.pupils / plan.grades / CLASS_SIZE))
    return random.choice("АБВГДЕЖ"[:classes])


def teachers_of(random: Random, plan: SchoolPlan, today: date) -> list[Person]:
    """Make the staff; the first one is a deputy head, every eighth came this year or last."""
    september = start_of_school_year(today)
    staff = [_teacher(random, september) for _ in range(4 + plan.pupils // 14)]
    staff[0] = replace(staff[0], position=DEPUTY)
    if len(staff) > 8:
        staff[-1] = replace(staff[-1], left=random_day(random, date(september.year, 7, 1), date(september.year, 8, 31)))
        staff[-1] = replace(staff[-1], admitted=min(staff[-1].admitted, date(september.year - 2, 9, 1)))
    return staff


def _teacher(random: Random, september: date) -> Person:
    experience = random.randint(0, 2) if random.random() < 0.15 else random.randint(3, 38)
    years_here = min(experience, random.choice((0, 1, 3, 6, 10, 15, 20)))
    return Person(
        name=random_name(random, of_woman=random.random() < 0.85),
        born=date(september.year - 23 - experience, 1, 1) - timedelta(days=random.randint(0, 1500)),
        snils=random_snils(random),
        admitted=september.replace(year=september.year - years_here),
        position=random.choice(POSITIONS),
        experience_years=experience,
    )
