"""What a school knows, as plain records: the recount's whole input.

Keys are anything hashable that is unique inside one school (a row number, a UUID from a database); the same
key in two schools means nothing.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date

PERSONAL_DATA = "обработка персональных данных"
"""The one kind of consent that decides counting."""


@dataclass(frozen=True)
class Person:
    """One person of one school. `name` is the full name in any spelling; `snils` eleven digits or empty."""

    key: Hashable
    name: str
    born: date
    snils: str = ""


@dataclass(frozen=True)
class Enrolment:
    """A stay in the school; `kind` is `pupil` or `teacher`; the day of leaving no longer belongs to it."""

    person: Hashable
    kind: str
    admitted: date
    left: date | None = None


@dataclass(frozen=True)
class Order:
    """A paper of the director; without a number or a date it approves nothing yet."""

    key: Hashable
    number: str = ""
    signed_on: date | None = None


@dataclass(frozen=True)
class Pair:
    """A mentor and a mentee; the first and the last day belong to it; `order` is an Order's key or None."""

    mentor: Hashable
    mentee: Hashable
    form: str
    first: date
    last: date | None = None
    order: Hashable | None = None


@dataclass(frozen=True)
class Consent:
    """A signed paper; `by_oneself` is false when a representative signed."""

    person: Hashable
    kind: str
    number: str
    given: date
    by_oneself: bool
    until: date | None = None
    withdrawn: date | None = None


@dataclass
class School:
    """Everything that one school holds; `district` is None for a school of the region itself."""

    district: str | None = None
    people: list[Person] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)


@dataclass
class Region:
    """Districts by name (also those without a school) and schools by code."""

    districts: list[str] = field(default_factory=list)
    schools: dict[str, School] = field(default_factory=dict)
