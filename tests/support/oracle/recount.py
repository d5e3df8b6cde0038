"""The five coverage figures of a day, counted person by person."""

from collections.abc import Hashable, Iterable
from datetime import date

from tests.support.oracle.cells import fold
from tests.support.oracle.records import PERSONAL_DATA, Consent, Enrolment, Pair, Person, Region, School

DEFINITIONS = (
    "pupils",
    "pupils_10_19_mentee",
    "pupils_10_19_any",
    "teachers",
    "pupils_and_teachers",
)

Figures = dict[str, list[int]]
Who = tuple[str, Hashable]
"""A person of the region before identities are known: the school's code and the person's key there."""


def full_years(born: date, day: date) -> int:
    """Count the birthdays up to and including the day; 29 February becomes 1 March in other years."""
    had_birthday = (day.month, day.day) >= (born.month, born.day)
    return day.year - born.year - (0 if had_birthday else 1)


def is_enrolled(enrolment: Enrolment, day: date) -> bool:
    """Say whether the day lies in the stay: admission belongs to it, the day of leaving does not."""
    return enrolment.admitted <= day and (enrolment.left is None or day < enrolment.left)


def is_effective(pair: Pair, school: School, day: date) -> bool:
    """Say whether the pair works on the day under an order with number and date, dated by then."""
    order = next((order for order in school.orders if order.key == pair.order), None)
    if pair.order is None or order is None or not order.number or order.signed_on is None:
        return False
    return order.signed_on <= day and pair.first <= day and (pair.last is None or day <= pair.last)


def is_in_force(consent: Consent, born: date, day: date) -> bool:
    """Say whether the consent lets its person be counted: kind, dates, and who had to sign at that age."""
    if fold(consent.kind) != fold(PERSONAL_DATA):
        return False
    if consent.given > day or (consent.until is not None and day > consent.until):
        return False
    if consent.withdrawn is not None and day >= consent.withdrawn:
        return False
    return consent.by_oneself == (full_years(born, day) >= 18)


def count_school(school: School, day: date) -> dict[str, tuple[set[Hashable], set[Hashable]]]:
    """List, for each definition, the keys of the school's people in the numerator and in the denominator."""
    effective = [pair for pair in school.pairs if is_effective(pair, school, day)]
    mentors = {pair.mentor for pair in effective}
    mentees = {pair.mentee for pair in effective}
    enrolled = {(stay.person, stay.kind) for stay in school.enrolments if is_enrolled(stay, day)}
    born = {person.key: person.born for person in school.people}
    consenting = {c.person for c in school.consents if is_in_force(c, born[c.person], day)}

    pupils = {key for key, kind in enrolled if kind == "pupil"}
    teachers = {key for key, kind in enrolled if kind == "teacher"}
    pupils_10_19 = {key for key in pupils if 10 <= full_years(born[key], day) <= 19}
    anyone = (mentors | mentees) & consenting
    return {
        "pupils": (anyone & pupils, pupils),
        "pupils_10_19_mentee": (mentees & consenting & pupils_10_19, pupils_10_19),
        "pupils_10_19_any": (anyone & pupils_10_19, pupils_10_19),
        "teachers": (anyone & teachers, teachers),
        "pupils_and_teachers": (anyone & (pupils | teachers), pupils | teachers),
    }


def identities(region: Region) -> dict[Who, int]:
    """Number the distinct people of the region: the same number is the same person, whatever the day.

    Two records are one when their СНИЛС agree, or when folded name and birth date agree unless both have a
    СНИЛС. A record without one that would so join two different СНИЛС joins neither of them, but is still
    one with the other records without СНИЛС of its name and birth date. Closed transitively.
    """
    everyone = [(code, person) for code, school in region.schools.items() for person in school.people]
    representative: dict[Who, Who] = {(code, person.key): (code, person.key) for code, person in everyone}

    def find(who: Who) -> Who:
        while representative[who] != who:
            who = representative[who]
        return who

    def unite(whole: Iterable[Who]) -> None:
        first, *others = [find(who) for who in whole]
        for other in others:
            representative[find(other)] = find(first)

    by_snils: dict[str, list[Who]] = {}
    by_name: dict[tuple[str, date], list[tuple[Who, Person]]] = {}
    for code, person in everyone:
        who = (code, person.key)
        by_name.setdefault((fold(person.name), person.born), []).append((who, person))
        if person.snils:
            by_snils.setdefault(person.snils, []).append(who)
    for holders in by_snils.values():
        unite(holders)
    for namesakes in by_name.values():
        without = [who for who, person in namesakes if not person.snils]
        numbers = {person.snils for _, person in namesakes if person.snils}
        if without and len(numbers) == 1:
            unite(who for who, _ in namesakes)
        elif without:
            unite(without)

    numbers_of: dict[Who, int] = {}
    return {who: numbers_of.setdefault(find(who), len(numbers_of)) for who in representative}


def recount(region: Region, as_of: date) -> dict[str, object]:
    """Count coverage as of a day at all three levels.

    Returns `{"as_of", "schools": {code: {definition: [numerator, denominator]}}, "districts": {name: …},
    "region": …}`, in the shape of `manage coverage --json`.
    """
    same = identities(region)
    counted = {code: count_school(school, as_of) for code, school in region.schools.items()}

    def of_schools(codes: list[str]) -> Figures:
        figures: Figures = {}
        for definition in DEFINITIONS:
            above = {same[code, key] for code in codes for key in counted[code][definition][0]}
            below = {same[code, key] for code in codes for key in counted[code][definition][1]}
            figures[definition] = [len(above), len(below)]
        return figures

    def of_school(code: str) -> Figures:
        return {definition: [len(above), len(below)] for definition, (above, below) in counted[code].items()}

    return {
        "as_of": as_of.isoformat(),
        "schools": {code: of_school(code) for code in region.schools},
        "districts": {
            name: of_schools([code for code, school in region.schools.items() if school.district == name])
            for name in region.districts
        },
        "region": of_schools(list(region.schools)),
    }
