"""Finds cards that look like two of one person, for somebody to compare."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from core.authz import Actor
from schools.people.models import FormerName, NotTheSame, Person
from schools.people.selectors import people_visible_to

# Reasons, the surest first.
SAME_SNILS = "same_snils"
SAME_NAME = "same_name"
ONE_LETTER = "one_letter"
NO_PATRONYMIC = "no_patronymic"
_ORDER = (SAME_SNILS, SAME_NAME, ONE_LETTER, NO_PATRONYMIC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two cards and why they may be one person's; ``first`` was made first."""

    first: Person
    second: Person
    why: str


def duplicate_candidates(actor: Actor) -> list[Candidate]:
    """Return pairs of cards that may be one person's, the surest first: same СНИЛС; same name and birth date; same
    birth date and a name that differs by one letter, or lacks the patronymic. A former name is as good as the name.
    Different СНИЛС are different people.

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
    return sorted(found.values(), key=lambda item: (_ORDER.index(item.why), item.first.folded_name, item.first.pk))


def key_of(found: Candidate) -> str:
    """Return what two cards are known by in a list that names nobody: the surest first."""
    return f"{_ORDER.index(found.why)}:{found.first.pk}:{found.second.pk}"


def differs_by_one_letter(one: str, other: str) -> bool:
    """Tell whether one letter was changed, left out, added or swapped with its neighbour."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    is_swap = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:] and len(rest) > 1
    return is_swap or rest[1:] == other_rest[1:] or rest[1:] == other_rest or rest == other_rest[1:]


def _alike(people: Iterable[Person], former: Mapping[UUID, set[str]]) -> Iterator[tuple[Person, Person, str]]:
    by_snils: dict[str, list[Person]] = defaultdict(list)
    by_birth: dict[object, list[Person]] = defaultdict(list)
    for person in people:
        if person.snils:
            by_snils[person.snils].append(person)
        by_birth[person.birth_date].append(person)
    for group in by_snils.values():
        yield from ((first, second, SAME_SNILS) for first, second in combinations(group, 2))
    for group in by_birth.values():
        for first, second in combinations(group, 2):
            if first.snils and second.snils and first.snils != second.snils:
                continue
            if why := _likeness(first, second, former):
                yield first, second, why


def _likeness(first: Person, second: Person, former: Mapping[UUID, set[str]]) -> str:
    names = former.get(first.pk, set()) | {first.folded_name}
    if names & (former.get(second.pk, set()) | {second.folded_name}):
        return SAME_NAME
    if differs_by_one_letter(first.folded_name, second.folded_name):
        return ONE_LETTER
    shorter, longer = sorted((first.folded_name, second.folded_name), key=len)
    lacks = not (first.patronymic and second.patronymic)
    return NO_PATRONYMIC if lacks and longer.startswith(f"{shorter} ") else ""
