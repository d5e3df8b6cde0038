"""The plan of an import: the inserts and updates that its rows come to, and the rows that come to nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from core.text import FullName
from schools.imports.domain.rows import Refusal, Remark


@dataclass(slots=True)
class NewPerson:
    """A person to insert. `kinds` are all that the import says of him; `occupation` is an outside mentor's post."""

    id: UUID
    name: FullName
    name_key: str
    birth_date: date
    snils: str | None
    sex: str
    kinds: set[str]
    occupation: str = ""


@dataclass(slots=True)
class PersonChange:
    """What a stored person gains: a СНИЛС, a sex, kinds. Nothing is ever taken away or overwritten."""

    id: UUID
    snils: str | None = None
    sex: str = ""
    kinds: set[str] = field(default_factory=set)


@dataclass(slots=True)
class NewEnrolment:
    """An interval of being a pupil (with a class) or a teacher (with a post) to insert."""

    id: UUID
    person_id: UUID
    kind: str
    admitted_on: date
    left_on: date | None
    class_name: str
    post: str
    experience_years: int | None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to insert: its number and date as typed, either may be missing."""

    id: UUID
    number: str
    signed_on: date | None


@dataclass(slots=True)
class NewPair:
    """A pair to insert; `order_id` names a stored or a new order, or is None."""

    id: UUID
    mentor_id: UUID
    mentee_id: UUID
    form_id: str
    variant: str
    starts_on: date
    ends_on: date | None
    order_id: UUID | None


@dataclass(slots=True)
class NewConsent:
    """A consent to insert; `signer` is "self" or "representative"."""

    id: UUID
    person_id: UUID
    kind_id: str
    signer: str
    signer_text: str
    number: str
    given_on: date
    valid_until: date | None
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """New values of a stored row by the names of its fields, as `Stored…` spells them."""

    id: UUID
    values: dict[str, Any]


class Changes:
    """What rows change in stored rows; of several rows about one the last that says something holds."""

    def __init__(self) -> None:
        """Start with nothing changed."""
        self._by_id: dict[UUID, Change] = {}

    def lay_over(self, stored: Any, said: Mapping[str, Any]) -> None:
        """Lay what a row says over a stored row, its empty cells left out by the caller."""
        values = self._by_id.setdefault(stored.id, Change(stored.id, {})).values
        for name, value in said.items():
            values.pop(name, None)
            if value != getattr(stored, name):
                values[name] = value

    def made(self) -> list[Change]:
        """Return the changes that change something."""
        return [change for change in self._by_id.values() if change.values]


@dataclass(frozen=True, slots=True)
class Absentee:
    """Somebody enrolled in the school whom the newer list of his kind does not name.

    `is_likely` when the list covers his class: a list of two classes says nothing about the others.
    """

    person_id: UUID
    enrolment_id: UUID
    kind: str
    is_likely: bool = True


@dataclass(slots=True)
class Plan:
    """Everything that confirming the import would do."""

    people: list[NewPerson] = field(default_factory=list)
    person_changes: list[PersonChange] = field(default_factory=list)
    enrolments: list[NewEnrolment] = field(default_factory=list)
    enrolment_changes: list[Change] = field(default_factory=list)
    orders: list[NewOrder] = field(default_factory=list)
    pairs: list[NewPair] = field(default_factory=list)
    pair_changes: list[Change] = field(default_factory=list)
    consents: list[NewConsent] = field(default_factory=list)
    consent_changes: list[Change] = field(default_factory=list)
    absentees: list[Absentee] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rows_accepted: int = 0
    # Everybody and everything that the import speaks of, new or known, for the report of imports.
    named_people: set[tuple[UUID, str]] = field(default_factory=set)
    named_pairs: set[UUID] = field(default_factory=set)
    named_consents: set[UUID] = field(default_factory=set)

    @property
    def changes_nothing(self) -> bool:
        """Tell whether confirming would leave the school as it is."""
        return not any(
            (
                self.people,
                self.person_changes,
                self.enrolments,
                self.enrolment_changes,
                self.orders,
                self.pairs,
                self.pair_changes,
                self.consents,
                self.consent_changes,
            )
        )
