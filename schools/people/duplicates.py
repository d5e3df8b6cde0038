"""Finds cards that look like two of one person, for somebody to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Final
from uuid import UUID

from django.db.models import Q

from core.authz import Actor
from core.text import ru_key
from schools.people.models import FormerName, NotTheSame, Person
from schools.people.selectors import named, people_visible_to, with_enrolments

# Reasons, the surest first.
SAME_SNILS = "same_snils"
SAME_NAME = "same_name"
ONE_LETTER = "one_letter"
NO_PATRONYMIC = "no_patronymic"
OTHER_DATE = "other_date"
OTHER_SURNAME = "other_surname"
REASONS: Final = (SAME_SNILS, SAME_NAME, ONE_LETTER, NO_PATRONYMIC, OTHER_DATE, OTHER_SURNAME)
MOST_FOUND = 12
# So many namesakes of one name no school has; a hostile list does not get every two of them compared.
_MOST_NAMESAKES = 100


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two cards and why they may be one person's; ``first`` was made first."""

    first: Person
    second: Person
    why: str


def duplicate_candidates(actor: Actor) -> list[Candidate]:
    """Return pairs of cards that may be one person's, the surest first: same СНИЛС; same name and birth date; same
    birth date and a name that differs by one letter, or lacks the patronymic; same name and a slip in the birth date;
    same birth date, first name and patronymic with another surname. A former name is as good as the name. Different
    СНИЛС are different people.

    Three queries, whatever the size of the school.
    """
    told_apart = {frozenset(pair) for pair in NotTheSame.objects.values_list("first", "second")}
    people = list(people_visible_to(actor, "people.edit").order_by("created_at", "folded_name", "pk"))
    former: dict[UUID, set[str]] = defaultdict(set)
    for person_id, name in FormerName.objects.values_list("person", "folded_name"):
        former[person_id].add(name)
    found: dict[frozenset[UUID], Candidate] = {}
    for first, second, why in _alike(people, former):
        key = frozenset((first.pk, second.pk))
        if key not in told_apart and key not in found:
            found[key] = Candidate(first, second, why)
    return sorted(found.values(), key=lambda item: (REASONS.index(item.why), item.first.folded_name, item.first.pk))


def key_of(found: Candidate) -> str:
    """Return what two cards are known by in a list that names nobody: the surest first."""
    return f"{REASONS.index(found.why)}:{found.first.pk}:{found.second.pk}"


def differs_by_one_letter(one: str, other: str) -> bool:
    """Tell whether one letter was changed, left out, added or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    is_swap = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:] and len(rest) > 1
    return is_swap or rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:]


def differs_by_a_slip(one: date, other: date) -> bool:
    """Tell whether of two dates one is a slip of the other: a digit, day and month swapped, or the year off by one."""
    if one == other:
        return False
    is_swapped = (one.day, one.month, one.year) == (other.month, other.day, other.year)
    is_next_year = (one.day, one.month, abs(one.year - other.year)) == (other.day, other.month, 1)
    digits = zip(f"{one:%d%m%Y}", f"{other:%d%m%Y}", strict=False)
    return is_swapped or is_next_year or sum(first != second for first, second in digits) == 1


def cards_named(actor: Actor, typed: str, *, but: UUID) -> tuple[list[Person], bool]:
    """Return up to 12 other cards by name, those of people who have left among them, and whether there are more.

    Nobody for an empty name.
    """
    if not typed.strip():
        return [], False
    people = named(people_visible_to(actor, "people.edit").exclude(pk=but), typed)
    found = list(with_enrolments(people).order_by("folded_name", "birth_date", "pk")[: MOST_FOUND + 1])
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def cards_in_the_way(actor: Actor, *, folded: str, birth_date: date, snils: str, but: UUID | None) -> list[Person]:
    """Return the cards because of which one with this name and birth date, or this СНИЛС, is refused; by name."""
    same = Q(folded_name=folded, birth_date=birth_date)
    people = people_visible_to(actor, "people.edit").filter(same | Q(snils=snils) if snils else same)
    others = people if but is None else people.exclude(pk=but)
    return list(with_enrolments(others).order_by("folded_name", "pk")[:MOST_FOUND])


def _alike(people: Iterable[Person], former: Mapping[UUID, set[str]]) -> Iterator[tuple[Person, Person, str]]:
    by_snils: dict[str, list[Person]] = defaultdict(list)
    by_birth: dict[object, list[Person]] = defaultdict(list)
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        if person.snils:
            by_snils[person.snils].append(person)
        by_birth[person.birth_date].append(person)
        for name in former.get(person.pk, set()) | {person.folded_name}:
            by_name[name].append(person)
    for group in by_snils.values():
        yield from ((first, second, SAME_SNILS) for first, second in combinations(group, 2))
    for group in by_birth.values():
        for first, second in combinations(group, 2):
            if not _are_two(first, second) and (why := _likeness(first, second, former)):
                yield first, second, why
    for group in by_name.values():
        for first, second in combinations(group[:_MOST_NAMESAKES], 2):
            if not _are_two(first, second) and differs_by_a_slip(first.birth_date, second.birth_date):
                yield first, second, OTHER_DATE


def _are_two(first: Person, second: Person) -> bool:
    return bool(first.snils and second.snils and first.snils != second.snils)


def _likeness(first: Person, second: Person, former: Mapping[UUID, set[str]]) -> str:
    names = former.get(first.pk, set()) | {first.folded_name}
    if names & (former.get(second.pk, set()) | {second.folded_name}):
        return SAME_NAME
    if differs_by_one_letter(first.folded_name, second.folded_name):
        return ONE_LETTER
    shorter, longer = sorted((first.folded_name, second.folded_name), key=len)
    lacks = not (first.patronymic and second.patronymic)
    if lacks and longer.startswith(f"{shorter} "):
        return NO_PATRONYMIC
    given = (first.name, first.patronymic), (second.name, second.patronymic)
    return OTHER_SURNAME if not lacks and len({tuple(map(ru_key, each)) for each in given}) == 1 else ""
