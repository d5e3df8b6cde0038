"""Choices of people: whom an answer may name, and what is said of whoever was offered once and is no more.

A choice is an id. A number on a sheet for paper is that of the list which the sheet was opened with, and comes back
with it: the list that is offered grows and shrinks while people type.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from schools.pairs.models import Pair
from schools.people.models import MergedPerson, Person
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import nameable_people
from schools.questionnaires.words import answer_fault
from tenants.reference.items import Item, ItemType

# More than any list of a school; what is longer was not made here.
_MOST_LISTED: Final = 5000
_ID_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Named:
    """Whom an id means. ``stays`` is the id of his card now, another one after two cards were found to be one person's.

    ``is_gone``: he cannot be chosen (any more); ``person`` is None for an id that was never offered.
    """

    id: str
    stays: str
    person: Person | None
    is_gone: bool

    @property
    def label(self) -> str:
        """Return what a list calls him."""
        return self.called(self.person.full_name if self.person else "")

    def called(self, name: str) -> str:
        """Return a name with what is to be known of him."""
        if self.person is None:
            return _("этого человека больше нет в списке")
        return _("%(name)s – больше нельзя выбрать") % {"name": name} if self.is_gone else name


@dataclass(frozen=True, slots=True)
class Read:
    """Typed answers with ids of cards that stay; ``offered`` may be named, ``gone`` were offered once."""

    typed: Mapping[str, Any]
    offered: frozenset[str]
    gone: Mapping[str, Person]


def named_by(role: str, ids: Collection[str], offered: Mapping[str, Person | None]) -> dict[str, Named]:
    """Return whom ids mean; at most two queries, none when all of them are offered.

    ``role`` is that of whoever answers. Of an id that was never offered to such people nothing is told. ``offered``
    has ids alone where nobody is to be called by name.
    """
    found = {key: Named(key, key, offered[key], is_gone=False) for key in ids if key in offered}
    others = {key for key in ids if key not in offered}
    if known := [key for key in others if _is_id(key)]:
        merged = {
            str(pk): str(stays) for pk, stays in MergedPerson.objects.filter(pk__in=known).values_list("pk", "person")
        }
        once = _offered_once(role, [merged.get(key, key) for key in known])
        for key in known:
            stays = merged.get(key, key)
            found[key] = Named(key, stays, offered.get(stays) or once.get(stays), is_gone=stays not in offered)
    return {key: found.get(key) or Named(key, key, None, is_gone=True) for key in (*found, *others)}


def _offered_once(role: str, ids: Iterable[str]) -> dict[str, Person]:
    other = "mentor" if role == "mentee" else "mentee"
    asked = Response.objects.filter(round__template__role=other).values("person")
    condition = Q(pk__in=asked) | Q(pk__in=Pair.objects.values(other))
    people = Person.objects.filter(condition, pk__in=list(ids), destroyed_at__isnull=True)
    return {str(person.pk): person for person in people}


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def asks_for_people(items: Iterable[Item]) -> bool:
    """Tell whether there is a choice of people."""
    return any(item.type == ItemType.PEOPLE for item in items)


def ids_in(items: Iterable[Item], answers: Mapping[str, Any]) -> list[str]:
    """Return the ids that answers name."""
    given = (answers.get(item.code) for item in items if item.type == ItemType.PEOPLE)
    return [each for chosen in given if isinstance(chosen, list) for each in chosen if isinstance(each, str) and each]


def list_of(role: str, items: Sequence[Item], first: Sequence[str], also: Iterable[str]) -> list[Named]:
    """Return the people of a list: ``first`` in their places, then who else is offered now, then ``also``.

    ``first`` is the list that was shown before: nobody in it changes his place, whatever has become of him.
    """
    if not asks_for_people(items):
        return []
    offered = {str(person.pk): person for person in nameable_people(role)}
    order = dict.fromkeys([*first, *offered, *also])
    found = named_by(role, order, offered)
    return [found[key] for key in order]


def choices_for(
    row: Response, items: Sequence[Item], wanted: Iterable[str], *, is_short: bool = False
) -> list[tuple[str, str]]:
    """Return (id, words) of whom a form offers to one who answers, and of those whom his answers name besides.

    ``is_short`` calls people as a page without an account may.
    """
    people = [each for each in list_of(row.round.template.role, items, (), wanted) if each.id != str(row.person_id)]
    if not is_short:
        return [(each.id, each.label) for each in people]
    names = dict(called_shortly(each.person for each in people if each.person))
    return [(each.id, each.called(names.get(each.stays, ""))) for each in people]


def read_names(row: Response, items: Sequence[Item], typed: Mapping[str, Any]) -> Read:
    """Return typed answers as they are checked: who may be named, and who of the named is gone."""
    if not asks_for_people(items):
        return Read(typed, frozenset(), {})
    keys = nameable_people(row.round.template.role).exclude(pk=row.person_id).values_list("pk", flat=True)
    offered: dict[str, Person | None] = dict.fromkeys(map(str, keys))
    found = named_by(row.round.template.role, ids_in(items, typed), offered)
    moved = {
        item.code: [found[each].stays if each in found else each for each in typed[item.code]]
        for item in items
        if item.type == ItemType.PEOPLE and isinstance(typed.get(item.code), list)
    }
    gone = {each.stays: each.person for each in found.values() if each.is_gone and each.person is not None}
    gone.pop(str(row.person_id), None)
    return Read({**typed, **moved}, frozenset(offered), gone)


def kept_names(items: Sequence[Item], wrong: Iterable[str], read: Read) -> dict[str, list[str]]:
    """Return what a draft keeps of choices that do not fit: everybody who is, or was, to be chosen, in his order."""
    kept = {}
    for item in items:
        if item.type == ItemType.PEOPLE and item.code in wrong:
            known = [each for each in ids_in([item], read.typed) if each in read.offered or each in read.gone]
            kept[item.code] = list(dict.fromkeys(known))[: item.most]
    return {code: ids for code, ids in kept.items() if ids}


def names_fault(code: str, item_code: str, read: Read, *, is_short: bool) -> str:
    """Return the sentence at an answer that does not fit; who is gone is named, so that another can be chosen."""
    given = read.typed.get(item_code) if code == "people" else None
    gone = [read.gone[each] for each in given if each in read.gone] if isinstance(given, list) else []
    if not gone:
        return answer_fault(code)
    names = ", ".join(name for _id, name in called_shortly(gone)) if is_short else ", ".join(p.full_name for p in gone)
    return _("Больше нельзя выбрать: %(names)s. Выберите другого человека или уберите этого.") % {"names": names}


def packed(people: Iterable[Named]) -> str:
    """Return a list of people as a sheet carries it: their ids, in order."""
    ids = (UUID(each.id).bytes for each in people)
    return base64.urlsafe_b64encode(b"".join(ids)).decode()


def unpacked(text: str) -> list[str]:
    """Return the ids of a list that a sheet brought back; none of what is no list."""
    try:
        whole = base64.urlsafe_b64decode(text.encode())
    except (binascii.Error, ValueError):
        return []
    places = range(0, min(len(whole), _MOST_LISTED * _ID_BYTES), _ID_BYTES)
    parts = [whole[place : place + _ID_BYTES] for place in places]
    return [str(UUID(bytes=part)) for part in parts if len(part) == _ID_BYTES]


def called_shortly(people: Iterable[Person]) -> list[tuple[str, str]]:
    """Return (id, name) of people as a page without an account may call them: «Анна П.».

    Two of one such name have their patronymics too, and, if that is not enough, their whole names: a choice between
    two who look the same would be none.
    """
    listed = list(people)
    ways = [
        [f"{each.name} {each.surname[:1]}." for each in listed],
        [" ".join(filter(None, (each.name, each.patronymic, f"{each.surname[:1]}."))) for each in listed],
    ]
    counts = [Counter(names) for names in ways]
    return [
        (
            str(each.pk),
            next((names[n] for names, count in zip(ways, counts, strict=True) if count[names[n]] == 1), each.full_name),
        )
        for n, each in enumerate(listed)
    ]
