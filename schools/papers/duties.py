"""Who answers for what in an order, and until when: from the programme year, which stands above and says it here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from core.accounts.models import User
from core.text import FullName, split_full_name
from core.text.declension import initials
from schools.papers.lines import Line, Piece
from schools.people.models import Person
from schools.people.selectors import place_of, with_enrolments

_BLANK: Final = "____________"


@dataclass(frozen=True, slots=True)
class Duty:
    """A task of the year: the people responsible, with their enrolments, and the day until which, if there is one."""

    people: tuple[Person, ...] = ()
    due_on: date | None = None


# Takes the codes of products; returns the tasks of today's year by code, those that nobody knows left out.
Source = Callable[[Collection[str]], Mapping[str, Duty]]
_sources: Final[list[Source]] = []
PLANS: Final = "plans"
ORDERS: Final = "orders"


def register_duties(source: Source) -> None:
    """Say how the tasks of the current year are read."""
    _sources[:] = [source]


@dataclass(frozen=True, slots=True)
class Duties:
    """What an order says of who answers; ``known`` is by the code of the task."""

    known: Mapping[str, Duty]
    coordinator: tuple[Piece, ...]
    day: date

    def clause(self, number: int, words: str, *, code: str = "", with_term: bool = False) -> Line:
        """Return a clause with «Срок» and «Ответственный: ФИО – должность»; what nobody knows is left to be written."""
        duty = self.known.get(code, Duty())
        pieces = [Piece(words)]
        if with_term:
            term = f"{duty.due_on:%d.%m.%Y}" if duty.due_on else _BLANK
            pieces.append(Piece(" " + _("Срок: до %(day)s.") % {"day": term}))
        who = _named(duty.people, self.day) or self.coordinator
        pieces += [Piece(" " + _("Ответственный:") + " "), *who, Piece(".")]
        return Line(kind="clause", pieces=tuple(pieces), number=f"{number}.")


def duties_now(day: date) -> Duties:
    """Return who answers: by the tasks of the current year, else the school's only coordinator, else a blank."""
    known = {code: duty for source in _sources for code, duty in source((PLANS, ORDERS)).items()}
    return Duties(known, _coordinator(day), day)


def _named(people: Collection[Person], day: date) -> tuple[Piece, ...]:
    """Return «Иванова И. И. – педагог», each person in a piece of his own."""
    pieces: list[Piece] = []
    for person in people:
        if pieces:
            pieces.append(Piece(", "))
        name = initials(FullName(person.surname, person.name, person.patronymic))
        pieces.append(_with_post(name, place_of(person, day) or _BLANK, person.pk))
    return tuple(pieces)


def _with_post(name: str, post: str, whose: UUID) -> Piece:
    """Return name and post in one piece: in a small school the post alone says who it was."""
    return Piece(f"{name} – {post}", whose)


def _coordinator(day: date) -> tuple[Piece, ...]:
    rows = User.objects.filter(is_active=True, grants__role="coordinator").distinct()
    found = list(rows.values_list("name", "person_id", "pk")[:2])
    if len(found) != 1 or not found[0][0]:
        return (Piece(_BLANK),)
    name, person_id, user_id = found[0]
    person = with_enrolments(Person.objects.filter(pk=person_id)).first() if person_id else None
    post = (place_of(person, day) if person is not None else "") or _("координатор программы наставничества")
    # A login that is tied to no card yet is known by itself: whoever it is, is found by it when his data are destroyed.
    return (_with_post(initials(split_full_name(name)), post, person_id or user_id),)
