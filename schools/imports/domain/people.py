"""Who is who inside one school: rows of the contingent against each other and against the people stored.

A person is one when folded full name and birth date agree and no two different СНИЛС stand against it. The rule is
applied to the whole import at once, not row by row, so that the order of rows decides nothing: a row without СНИЛС
among namesakes with two different ones is ambiguous wherever it stands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from schools.imports.domain.fields import SheetKind
from schools.imports.domain.plan import Absentee, Changes, NewEnrolment, NewPerson, PersonChange, Plan
from schools.imports.domain.reference import Reference
from schools.imports.domain.rows import PersonRow, Refusal, Remark
from schools.imports.domain.stored import StoredEnrolment, StoredPerson

PersonKey = tuple[str, date | None]


@dataclass(slots=True)
class KnownPerson:
    """A person while the plan is made: stored, or new with `new` set."""

    id: UUID
    snils: str | None
    sex: str
    kinds: set[str]
    birth_date: date | None
    enrolments: dict[tuple[str, date], StoredEnrolment | NewEnrolment] = field(default_factory=dict)
    new: NewPerson | None = None
    change: PersonChange | None = None

    def is_outside(self, outside_kinds: frozenset[str]) -> bool:
        """Tell whether the school knows the person only as a mentor from outside."""
        return not self.enrolments and bool(self.kinds) and self.kinds <= outside_kinds


class People:
    """The people of a school, stored and planned, found by folded name and birth date."""

    def __init__(self, stored: Iterable[StoredPerson], plan: Plan, new_id: Callable[[], UUID]) -> None:
        """Index the stored people; new ones and changes go into the plan."""
        self._plan = plan
        self._new_id = new_id
        self._by_key: dict[PersonKey, list[KnownPerson]] = defaultdict(list)
        self._keys_of_snils: dict[str, set[PersonKey]] = {}
        self._stored: list[KnownPerson] = []
        for item in stored:
            person = KnownPerson(item.id, item.snils, item.sex, set(item.kinds), item.birth_date)
            person.enrolments = {(row.kind, row.admitted_on): row for row in item.enrolments}
            # An older list may still call somebody by the name he had: he is no new person for that.
            keys = [(name, item.birth_date) for name in (item.name_key, *item.former_keys)]
            for key in keys:
                self._by_key[key].append(person)
            self._stored.append(person)
            if item.snils:
                self._keys_of_snils.setdefault(item.snils, set()).update(keys)

    def find(self, key: PersonKey) -> list[KnownPerson]:
        """Return everybody of this folded name and birth date; nobody without either."""
        if not key[0] or key[1] is None:
            return []
        return self._by_key.get(key, [])

    def stored_people(self) -> list[KnownPerson]:
        """Return the people who were there before this import."""
        return self._stored

    def add(self, new: NewPerson) -> KnownPerson:
        """Plan a new person."""
        person = KnownPerson(new.id, new.snils, new.sex, new.kinds, new.birth_date, new=new)
        self._plan.people.append(new)
        self._by_key[new.name_key, new.birth_date].append(person)
        return person

    def decide(self, row: PersonRow, numbers: set[str]) -> KnownPerson | None:
        """Return the person of a row, a new one if nobody fits, or None when several do.

        :param numbers: every СНИЛС that the school or the import knows under this name and birth date.
        """
        known = self._by_key.get((row.name_key, row.birth_date), [])
        if row.snils is None:
            if len(numbers) > 1 or len(known) > 1:
                return None
            return known[0] if known else self._add_row(row)
        for person in known:
            if person.snils == row.snils:
                return person
        without_number = [person for person in known if person.snils is None]
        # With a second СНИЛС about, a record without one joins neither.
        if not without_number or len(numbers) > 1:
            return self._add_row(row)
        return without_number[0] if len(without_number) == 1 else None

    def is_snils_of_another(self, snils: str, key: PersonKey) -> bool:
        """Tell whether somebody of another name or birth date has this СНИЛС; if nobody has, note it for this key."""
        return key not in self._keys_of_snils.setdefault(snils, {key})

    def complete(self, person: KnownPerson, kind: str, snils: str | None = None, sex: str = "") -> None:
        """Add what the person does not have yet: a kind, a СНИЛС, a sex."""
        gains_snils = snils if snils and person.snils is None else None
        gains_sex = sex if sex and not person.sex else ""
        gains_kind = kind if kind and kind not in person.kinds else ""
        if not (gains_snils or gains_sex or gains_kind):
            return
        if person.new is None and person.change is None:
            person.change = PersonChange(person.id)
            self._plan.person_changes.append(person.change)
        target = person.new or person.change
        if target is None:
            return
        if gains_snils:
            person.snils = target.snils = gains_snils
        if gains_sex:
            person.sex = target.sex = gains_sex
        if gains_kind:
            person.kinds.add(kind)
            target.kinds.add(kind)

    def _add_row(self, row: PersonRow) -> KnownPerson:
        return self.add(NewPerson(self._new_id(), row.name, row.name_key, row.birth_date, row.snils, row.sex, set()))


def resolve_people(
    rows: list[PersonRow], people: People, plan: Plan, reference: Reference, new_id: Callable[[], UUID]
) -> None:
    """Plan people and enrolments for the rows of the contingent."""
    numbers: dict[PersonKey, set[str]] = defaultdict(set)
    for row in rows:
        known = numbers[row.name_key, row.birth_date]
        if row.snils:
            known.add(row.snils)
    for key, known in numbers.items():
        known.update(person.snils for person in people.find(key) if person.snils)
    changes = Changes()
    seen: set[tuple[str, UUID, date]] = set()
    for row in rows:
        kind = reference.pupil_kind if row.kind is SheetKind.PUPILS else reference.teacher_kind
        key = (row.name_key, row.birth_date)
        person = people.decide(row, numbers[key])
        if person is None:
            plan.refusals.append(Refusal(row.place, "person_ambiguous"))
            continue
        plan.named_people.add((person.id, kind))
        if (row.place.file, person.id, row.admitted_on) in seen:
            # The number still stands against the person, whichever of the two rows brings it.
            people.complete(person, "", row.snils)
            plan.refusals.append(Refusal(row.place, "duplicate"))
            continue
        seen.add((row.place.file, person.id, row.admitted_on))
        if row.snils and people.is_snils_of_another(row.snils, key):
            plan.remarks.append(Remark(row.place, "snils_of_another"))
        people.complete(person, kind, row.snils, row.sex)
        _enrol(row, person, kind, changes, plan, new_id)
        plan.rows_accepted += 1
    plan.enrolment_changes.extend(changes.made())
    _list_absentees(people, plan, {row.class_name for row in rows if row.kind is SheetKind.PUPILS and row.class_name})


def _enrol(
    row: PersonRow, person: KnownPerson, kind: str, changes: Changes, plan: Plan, new_id: Callable[[], UUID]
) -> None:
    existing, former_classes = _spoken_of(row, person, kind)
    if existing is None:
        if any(
            known == kind and other.left_on is None and since < row.admitted_on
            for (known, since), other in person.enrolments.items()
        ):
            plan.remarks.append(Remark(row.place, "still_enrolled"))
        enrolment = NewEnrolment(
            new_id(), person.id, kind, row.admitted_on, row.left_on, row.class_name, row.post, row.experience_years
        )
        person.enrolments[kind, row.admitted_on] = enrolment
        plan.enrolments.append(enrolment)
        return
    said = _said(row)
    if existing.left_on is not None and row.left_on is None:
        plan.remarks.append(Remark(row.place, "leaving_date_kept"))
    if isinstance(existing, NewEnrolment):
        for name, value in said.items():
            setattr(existing, name, value)
        return
    if row.class_name in former_classes - {existing.class_name}:
        # A list made before the rollover, or by a journal that has not moved up yet, moves nobody back.
        del said["class_name"]
        plan.remarks.append(Remark(row.place, "class_of_last_year", existing.class_name))
    changes.lay_over(existing, said)
    if row.left_on is not None:
        # Who left before the new class began was never in it: an interval without a day.
        for following in _continuations(person, existing):
            changes.lay_over(following, {"left_on": following.admitted_on})


def _said(row: PersonRow) -> dict[str, Any]:
    """Return what a row says of an enrolment.

    An empty cell takes nothing away: an older file read again must not bring back somebody who has left.
    """
    typed = {
        "left_on": row.left_on,
        "class_name": row.class_name,
        "post": row.post,
        "experience_years": row.experience_years,
    }
    return {name: value for name, value in typed.items() if value not in ("", None)}


def _spoken_of(
    row: PersonRow, person: KnownPerson, kind: str
) -> tuple[StoredEnrolment | NewEnrolment | None, frozenset[str]]:
    """Return the enrolment of a row (that of its admission date, or what goes on from it without a break) and the
    classes from which it went on.

    A rollover ends an enrolment in the old class and begins another in the new one on the same day; lists go on giving
    the date on which the pupil came to the school, and speak of where he is now.
    """
    found = person.enrolments.get((kind, row.admitted_on))
    if not isinstance(found, StoredEnrolment):
        return found, frozenset()
    spoken, former_classes, before = found, set(), found
    for following in _continuations(person, found):
        if row.left_on is None or row.left_on > following.admitted_on:
            former_classes.add(before.class_name)
            spoken = following
        before = following
    return spoken, frozenset(former_classes - {""})


def _continuations(person: KnownPerson, enrolment: StoredEnrolment) -> Iterator[StoredEnrolment]:
    """Yield what goes on from a stored enrolment, class by class."""
    while enrolment.left_on is not None and enrolment.left_on > enrolment.admitted_on:
        following = person.enrolments.get((enrolment.kind, enrolment.left_on))
        if not isinstance(following, StoredEnrolment) or not following.is_continuation:
            return
        yield following
        enrolment = following


def _list_absentees(people: People, plan: Plan, rooms: set[str]) -> None:
    """List whom the rows do not name; `rooms` are the classes they speak of, empty when they name none."""
    kinds = {kind for _, kind in plan.named_people}
    for person in people.stored_people():
        for (kind, _), enrolment in person.enrolments.items():
            is_open = enrolment.left_on is None
            if is_open and kind in kinds and (person.id, kind) not in plan.named_people:
                is_likely = not rooms or not enrolment.class_name or enrolment.class_name in rooms
                plan.absentees.append(Absentee(person.id, enrolment.id, kind, is_likely))
