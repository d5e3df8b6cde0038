"""A school's mentoring of two years: pairs, the orders that approve them, and the participants' consents."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from deploy.demo.names import random_name
from deploy.demo.people import Person, random_day
from deploy.demo.plan import SchoolPlan, Situation
from schools.people.school_year import start_of_school_year

PERSONAL_DATA = "обработка персональных данных"
TO_BANK = "передача в региональный банк наставников"
VARIANTS = {
    "ученик – ученик": ("успевающий – неуспевающий", "лидер – пассивный", "равный – равному"),
    "учитель – ученик": (
        "учитель – неуспевающий ученик",
        "учитель – пассивный ученик",
        "учитель – одарённый ученик",
    ),
    "учитель – учитель": (
        "опытный педагог – молодой специалист",
        "опытный предметник – неопытный предметник",
    ),
    "студент – ученик": ("успевающий – неуспевающий", "лидер – равнодушный"),
    "работодатель – ученик": ("активный профессионал – равнодушный потребитель", "коллега – молодой коллега"),
}
TRADES = ("инженер АО «Кедровский завод»", "агроном КФХ «Родник»", "мастер участка ООО «Лесдревпром»")
LONGEST_CONSENT_DELAY_DAYS = 25
NEW = timedelta(days=12)
"""Pairs younger than that wait for their order in every third ordinary school."""


@dataclass(frozen=True)
class Order:
    """An order that approves pairs; number and date are missing together while nobody has signed it."""

    number: str | None = None
    signed_on: date | None = None


@dataclass(frozen=True)
class Pair:
    """One line of «пары»."""

    mentor: Person
    mentee: Person
    form: str
    variant: str
    first: date
    last: date | None
    order: Order


@dataclass(frozen=True)
class Consent:
    """One line of «согласия»."""

    person: Person
    signer: str
    kind: str
    number: str
    given: date
    until: date | None = None
    withdrawn: date | None = None


@dataclass
class Work:
    """Everything a school has on mentoring."""

    pairs: list[Pair] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)


class YearOfWork:
    """The pairs of one school year, up to a day."""

    def __init__(self, random: Random, plan: SchoolPlan, people: list[Person], september: date, until: date) -> None:
        self.random = random
        self.plan = plan
        self.september = september
        self.until = min(until, date(september.year + 1, 3, 31))
        pupils = [one for one in people if one.school_class]
        self.pupils = pupils
        self.teachers = [one for one in people if one.position]
        self.tutors = random.sample(self.teachers, max(2, len(self.teachers) * 2 // 5))
        self.older = [one for one in pupils if one.grade >= min(8, plan.grades - 1)]
        self.orders = self._orders()
        self.guests = [self._guest(TRADES) for _ in range(1 + plan.pupils // 150)]
        self.students = [self._guest(("студент Кедровского педагогического колледжа",))]

    def pairs(self, share: float) -> list[Pair]:
        """Pair off the share of older pupils, a third of it of the youngest, and the young teachers."""
        made = []
        for mentee in self.pupils:
            wanted = share if mentee.grade >= 4 else share / 3
            if self.random.random() < wanted:
                made += self._pair(mentee)
        for mentee in self.teachers:
            if self.random.random() < (0.9 if mentee.experience_years < 4 else share / 4):
                made += self._pair(mentee)
        return made

    def _orders(self) -> list[Order]:
        """Sign one order at the start of the year and one in each of the following months."""
        orders, signed_on, number = [], self.september + timedelta(days=self.random.randint(3, 8)), 40
        while signed_on <= self.until:
            number += self.random.randint(3, 20)
            orders.append(Order(f"{number}{self.random.choice(('', '-а', '-о'))}", signed_on))
            signed_on += timedelta(days=self.random.randint(20, 32))
        return orders or [Order()]

    def _guest(self, occupations: tuple[str, ...]) -> Person:
        """Invite an adult whom the school's own list does not hold."""
        youth = occupations is not TRADES
        years = 20 if youth else self.random.randint(28, 58)
        born = date(self.september.year - years, 1, 1) + timedelta(days=self.random.randint(0, 364))
        return Person(random_name(self.random), born, None, self.september, position=self.random.choice(occupations))

    def _pair(self, mentee: Person) -> list[Pair]:
        """Find a mentor and a first day on which the mentee is here; none when there is no such day."""
        first = random_day(self.random, self.september + timedelta(days=9), self._latest_start())
        if not mentee.is_enrolled(first):
            return []
        form, mentors = self._form_for(mentee)
        candidates = [one for one in mentors if one is not mentee and one.is_enrolled(first)]
        if not candidates:
            return []
        order = next((one for one in reversed(self.orders) if one.signed_on and one.signed_on <= first), self.orders[0])
        variant = self.random.choice(VARIANTS[form])
        return [Pair(self.random.choice(candidates), mentee, form, variant, first, self._last_day(), order)]

    def _latest_start(self) -> date:
        """Most pairs begin in the autumn, the others until the end of March."""
        autumn = date(self.september.year, 10, 25)
        return min(autumn, self.until) if self.random.random() < 0.6 else self.until

    def _form_for(self, mentee: Person) -> tuple[str, list[Person]]:
        if mentee.position:
            experienced = [one for one in self.tutors if one.experience_years >= 5]
            return "учитель – учитель", experienced or self.teachers
        chance = self.random.random()
        if mentee.grade >= 8 and chance < 0.12:
            return "работодатель – ученик", self.guests
        if mentee.grade >= 9 and chance < 0.17:
            return "студент – ученик", self.students
        if chance < 0.6 and mentee.grade < 11:
            return "ученик – ученик", [one for one in self.older if one.grade > mentee.grade] or self.older
        return "учитель – ученик", self.tutors

    def _last_day(self) -> date | None:
        year = self.september.year + 1
        return self.random.choices((date(year, 5, 25), date(year, 8, 31), None), weights=(6, 3, 1))[0]


def work_of(random: Random, plan: SchoolPlan, people: list[Person], today: date) -> Work:
    """Make the school's pairs of last year and this one, and the consents of those who take part."""
    september = start_of_school_year(today)
    before = september.replace(year=september.year - 1)
    earlier, now = (YearOfWork(random, plan, people, year, today) for year in (before, september))
    if plan.situation is Situation.ABOVE_TARGET:
        # Pairs that last for years keep such a school above the target in any month of the demonstration.
        lasting = [replace(pair, last=pair.mentee.left) for pair in earlier.pairs(plan.share)]
        paired = {pair.mentee for pair in lasting}
        fresh = [pair for pair in now.pairs(plan.share / 2) if pair.mentee not in paired]
        return _with_consents(random, lasting + fresh, today)
    last_year = earlier.pairs(plan.share * random.uniform(0.55, 0.9))
    if plan.situation is Situation.ENDED_PAIRS:
        ended = date(september.year, 5, 25)
        return _with_consents(random, [replace(pair, last=ended) for pair in last_year], today)
    this_year = now.pairs(plan.share)
    if plan.situation is Situation.UNSIGNED_ORDER:
        this_year = [_without_order(pair) for pair in this_year]
    elif random.random() < 0.3:
        this_year = [_without_order(pair) if pair.first > today - NEW else pair for pair in this_year]
    return _with_consents(random, last_year + this_year, today)


def _without_order(pair: Pair) -> Pair:
    return replace(pair, order=Order())


def _with_consents(random: Random, pairs: list[Pair], today: date) -> Work:
    """Collect one consent a person for the first pair; few are missing, late, expired or withdrawn."""
    work = Work(sorted(pairs, key=lambda pair: (pair.first, str(pair.mentee.name))))
    begins: dict[Person, date] = {}
    for pair in work.pairs:
        for person in (pair.mentor, pair.mentee):
            begins.setdefault(person, pair.first)
    for person, first in begins.items():
        if random.random() < 0.95:
            work.consents.append(_consent(random, person, first, today, len(work.consents) + 1))
            if person.position and random.random() < 0.1:
                for_bank = replace(work.consents[-1], kind=TO_BANK, number=str(len(work.consents) + 1))
                work.consents.append(for_bank)
    return work


def _consent(random: Random, person: Person, first: date, today: date, number: int) -> Consent:
    given = first - timedelta(days=random.randint(1, LONGEST_CONSENT_DELAY_DAYS))
    # Whoever comes of age during the pair signs anew only in a school that looks ahead: most do.
    comes_of_age = date(person.born.year + 18, person.born.month, min(person.born.day, 28))
    is_adult = comes_of_age <= given or (comes_of_age <= today and random.random() < 0.7)
    if is_adult:
        given = max(given, comes_of_age + timedelta(days=2))
    chance = random.random()
    return Consent(
        person,
        "сам" if is_adult else random.choice(("мать", "мать", "отец", "опекун")),
        PERSONAL_DATA,
        str(number),
        given,
        until=given + timedelta(days=365) if chance < 0.03 else None,
        withdrawn=random_day(random, given + timedelta(days=10), today) if 0.03 <= chance < 0.05 else None,
    )
