"""How papers name people: «Петрову А. Б., 5А», and sentences in which names are pieces of their own."""

from __future__ import annotations

import re
from datetime import date

from core.text import FullName
from core.text.declension import Case, in_case, initials
from schools.papers.lines import Piece
from schools.people.models import Person
from schools.people.selectors import place_of


def name_of(person: Person) -> FullName:
    """Return the name of a card."""
    return FullName(person.surname, person.name, person.patronymic)


def placed(person: Person, case: Case | None, day: date | None) -> str:
    """Return the name with initials in a case (None: nominative), and with the class or post of a day, if any."""
    place = place_of(person, day) if day is not None else ""
    name = initials(in_case(name_of(person), case) if case is not None else name_of(person))
    return f"{name}, {place}" if place else name


def filled_in(words: str, **named: Piece) -> list[Piece]:
    """Return a sentence with ``%(name)s`` in it as pieces, wherever a translation puts the names."""
    parts = re.split(r"%\((\w+)\)s", words)
    return [named[part] if place % 2 else Piece(part) for place, part in enumerate(parts) if part]
