"""Reading a region's folder of workbooks by the rules of the contract, and what was refused on the way.

Where the contract leaves room, these readings hold:

- Identity inside a school looks at the whole workbook, whatever the order of its rows: the СНИЛС of every
  readable row of one name and birth date stand against it, also that of a row refused as a duplicate. Two
  different ones make namesakes, and each row without СНИЛС is then `person_ambiguous`, before `duplicate`.
- A duplicate asks for person and admission date only, not for pupil or teacher.
- A date that a row cannot do without (admission, a pair's first day, a consent's date) is a `bad_date` when
  it is missing; a person without birth date in pairs and consents is not found.
- Pairs know the people of контингент; somebody from outside is found only as a mentor in a form whose mentor
  is from outside, and a refused row creates nobody. Consents know everybody.
- `bad_period` is a last day before the first, and a consent that ends before it is given.
- A total line is a total line in every workbook. Forms are compared with any dash, quotes and case.
- The same pair or consent again in one workbook is an update: the later row holds.
- A school's own figures count its own records; one СНИЛС under two names is one person from district upwards.
"""

import json
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from tests.support.oracle.cells import BadDateError, day, fold, fold_form, snils, text
from tests.support.oracle.records import Consent, Enrolment, Order, Pair, Person, Region, School
from tests.support.oracle.recount import recount
from tests.support.oracle.sheets import Row, full_name, is_total_line, rows

CONTINGENT, PAIRS, CONSENTS = "контингент.xlsx", "пары.xlsx", "согласия.xlsx"
FORMS = {
    "ученик – ученик",
    "учитель – учитель",
    "студент – ученик",
    "работодатель – ученик",
    "работодатель – студент",
    "учитель – ученик",
}
FORMS_WITH_OUTSIDE_MENTOR = {"студент – ученик", "работодатель – ученик", "работодатель – студент"}
OUTSIDE = "outside"

Key = tuple[str, date, str]
"""A person of a school: folded name, birth date, and the СНИЛС that stands against them or empty."""


class RefusedError(Exception):
    """A row that is not taken; its only argument is the code of the reason."""


@dataclass
class Reading:
    """One school as read: its records and its refused rows, each `{"file", "sheet", "row", "why"}`."""

    school: School
    refused: list[dict[str, object]] = field(default_factory=list)
    people: dict[tuple[str, date], list[Person]] = field(default_factory=dict)

    def add(self, person: Person) -> None:
        """Take a new person into the school."""
        self.school.people.append(person)
        self.people.setdefault((person.name, person.born), []).append(person)

    def refuse(self, file: str, sheet: str, row: int, why: str) -> None:
        """Note a refused row."""
        self.refused.append({"file": file, "sheet": sheet, "row": row, "why": why})

    def people_like(self, row: Row, side: str = "", *, born: date | None, outside: bool) -> list[Person]:
        """Find the school's people of that name and birth date; those from outside only on request."""
        if born is None:
            return []
        name = " ".join(part for part in full_name(row, side) if part)
        return [one for one in self.people.get((name, born), []) if outside or one.key[0] != OUTSIDE]  # type: ignore[index]


def read_region(folder: Path, *, today: date | None = None) -> tuple[Region, dict[str, Reading]]:
    """Read region.json and whatever workbooks stand beside it; every other file is ignored.

    `today` only decides the century of a birth date with two digits for the year.
    """
    today = today or datetime.now(UTC).date()
    described = json.loads((folder / "region.json").read_text(encoding="utf-8"))
    readings = {
        school["code"]: _read_school(folder / school["code"], school["district"], today)
        for school in described["schools"]
    }
    region = Region(list(described["districts"]), {code: made.school for code, made in readings.items()})
    return region, readings


def coverage_of(folder: Path, as_of: date) -> dict[str, object]:
    """Answer as `manage coverage --as-of D --json` must after `load_region` of that folder."""
    region, _ = read_region(folder)
    return recount(region, as_of)


def report_of(reading: Reading) -> dict[str, object]:
    """Answer as `manage import_report CODE --json` must for that school."""
    stays = reading.school.enrolments
    return {
        "rows_refused": sorted(reading.refused, key=lambda one: (one["file"], one["sheet"], one["row"])),
        "people": {
            "pupils": len({stay.person for stay in stays if stay.kind == "pupil"}),
            "teachers": len({stay.person for stay in stays if stay.kind == "teacher"}),
        },
        "pairs": len(reading.school.pairs),
        "consents": len(reading.school.consents),
    }


def _read_school(folder: Path, district: str | None, today: date) -> Reading:
    reading = Reading(School(district))
    for name, read in ((CONTINGENT, _read_contingent), (PAIRS, _read_pairs), (CONSENTS, _read_consents)):
        if (folder / name).exists():
            read(folder / name, reading, today)
    return reading


def _read_contingent(path: Path, reading: Reading, today: date) -> None:
    readable: list[tuple[str, int, Enrolment, str, date, str]] = []
    for sheet, number, cells, row in rows(path):
        try:
            name, born, admitted, left = _contingent_row(cells, row, today)
        except RefusedError as refused:
            reading.refuse(CONTINGENT, sheet, number, str(refused))
            continue
        stay = Enrolment(None, "teacher" if row["is_teacher"] else "pupil", admitted, left)
        readable.append((sheet, number, stay, name, born, snils(row.get("snils"))))

    standing: dict[tuple[str, date], set[str]] = {}
    for *_, name, born, digits in readable:
        standing.setdefault((name, born), set()).update({digits} - {""})
    taken: set[tuple[Key, date]] = set()
    known: set[Key] = set()
    for sheet, number, stay, name, born, digits in readable:
        others = standing[name, born]
        if len(others) > 1 and not digits:
            reading.refuse(CONTINGENT, sheet, number, "person_ambiguous")
            continue
        key: Key = (name, born, digits if len(others) > 1 else next(iter(others), ""))
        if (key, stay.admitted) in taken:
            reading.refuse(CONTINGENT, sheet, number, "duplicate")
            continue
        taken.add((key, stay.admitted))
        if key not in known:
            known.add(key)
            reading.add(Person(key, name, born, key[2]))
        reading.school.enrolments.append(Enrolment(key, stay.kind, stay.admitted, stay.left))


def _contingent_row(cells: list[object], row: Row, today: date) -> tuple[str, date, date, date | None]:
    surname, given, patronymic = full_name(row)
    if is_total_line(cells):
        raise RefusedError("total_line_ignored")
    if not surname:
        raise RefusedError("no_surname")
    if not given:
        raise RefusedError("no_name")
    if not text(row.get("born")):
        raise RefusedError("no_birth_date")
    born, admitted, left = _dates(row, today, "born", "admitted", "left")
    if born is None or admitted is None:
        raise RefusedError("bad_date")
    return " ".join(part for part in (surname, given, patronymic) if part), born, admitted, left


def _read_pairs(path: Path, reading: Reading, today: date) -> None:
    orders: dict[Hashable, Order] = {}
    pairs: dict[Hashable, Pair] = {}
    for sheet, number, cells, row in rows(path):
        try:
            pair, order, newcomer = _pair_row(cells, row, reading, today)
        except RefusedError as refused:
            reading.refuse(PAIRS, sheet, number, str(refused))
            continue
        if newcomer is not None:
            reading.add(newcomer)
        if order is not None:
            orders[order.key] = order
        pairs[pair.mentor, pair.mentee, pair.form, pair.first] = pair
    reading.school.orders, reading.school.pairs = list(orders.values()), list(pairs.values())


def _pair_row(cells: list[object], row: Row, reading: Reading, today: date) -> tuple[Pair, Order | None, Person | None]:
    if is_total_line(cells):
        raise RefusedError("total_line_ignored")
    mentor_born, mentee_born, first, last, ordered_on = _dates(
        row, today, "mentor_born", "mentee_born", "first", "last", "order_date"
    )
    if first is None:
        raise RefusedError("bad_date")
    form = fold_form(row["form"])
    if form not in FORMS:
        raise RefusedError("unknown_form")
    if last is not None and last < first:
        raise RefusedError("bad_period")
    mentors = reading.people_like(row, "mentor_", born=mentor_born, outside=False)
    mentees = reading.people_like(row, "mentee_", born=mentee_born, outside=False)
    newcomer = None
    if not mentors and form in FORMS_WITH_OUTSIDE_MENTOR and mentor_born is not None:
        mentors = reading.people_like(row, "mentor_", born=mentor_born, outside=True)
        if not mentors:
            name = " ".join(part for part in full_name(row, "mentor_") if part)
            newcomer = Person((OUTSIDE, name, mentor_born), name, mentor_born)
            mentors = [newcomer]
    if not mentors or not mentees:
        raise RefusedError("person_not_found")
    if len(mentors) > 1 or len(mentees) > 1:
        raise RefusedError("person_ambiguous")
    number = text(row.get("order_number"))
    order = Order((number, ordered_on), number, ordered_on) if number or ordered_on else None
    pair = Pair(mentors[0].key, mentees[0].key, form, first, last, order.key if order else None)
    return pair, order, newcomer


def _read_consents(path: Path, reading: Reading, today: date) -> None:
    consents: dict[Hashable, Consent] = {}
    for sheet, number, cells, row in rows(path):
        try:
            consent = _consent_row(cells, row, reading, today)
        except RefusedError as refused:
            reading.refuse(CONSENTS, sheet, number, str(refused))
            continue
        consents[consent.person, consent.kind, consent.number, consent.given] = consent
    reading.school.consents = list(consents.values())


def _consent_row(cells: list[object], row: Row, reading: Reading, today: date) -> Consent:
    if is_total_line(cells):
        raise RefusedError("total_line_ignored")
    born, given, until, withdrawn = _dates(row, today, "born", "given", "until", "withdrawn")
    if given is None:
        raise RefusedError("bad_date")
    if until is not None and until < given:
        raise RefusedError("bad_period")
    people = reading.people_like(row, born=born, outside=True)
    if not people:
        raise RefusedError("person_not_found")
    if len(people) > 1:
        raise RefusedError("person_ambiguous")
    by_oneself = fold(row.get("signer")) in ("сам", "сама", "лично", "самостоятельно")
    number = text(row.get("number"))
    return Consent(people[0].key, fold(row["kind"]), number, given, by_oneself, until, withdrawn)


def _dates(row: Row, today: date, *columns: str) -> list[date | None]:
    try:
        return [day(row.get(column), birth=column.endswith("born"), today=today) for column in columns]
    except BadDateError as error:
        raise RefusedError("bad_date") from error
