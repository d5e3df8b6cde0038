"""What a school already has, as far as an import must know it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StoredEnrolment:
    """An interval of being a pupil or a teacher; `kind` is the kind of person."""

    id: UUID
    kind: str
    admitted_on: date
    left_on: date | None = None
    class_name: str = ""
    post: str = ""
    experience_years: int | None = None
    is_continuation: bool = False


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """A person of the school; `name_key` is the folded full name, `former_keys` are those he had before."""

    id: UUID
    name_key: str
    birth_date: date | None
    snils: str | None = None
    sex: str = ""
    kinds: frozenset[str] = frozenset()
    enrolments: tuple[StoredEnrolment, ...] = ()
    former_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order; number and date may each be missing. Nothing comes under an order that was cancelled, or cancels."""

    id: UUID
    number: str
    signed_on: date | None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair; mentor, mentee, form and first day make it the same pair.

    `is_end_decided`: somebody ended it (by a change of mentor, say) or an order tells of its end: no list moves it.
    """

    id: UUID
    mentor_id: UUID
    mentee_id: UUID
    form_id: str
    starts_on: date
    ends_on: date | None = None
    variant: str = ""
    order_id: UUID | None = None
    is_end_decided: bool = False


@dataclass(frozen=True, slots=True)
class StoredConsent:
    """A consent; person, kind, number and date make it the same consent."""

    id: UUID
    person_id: UUID
    kind_id: str
    number: str
    given_on: date
    signer: str = ""
    signer_text: str = ""
    valid_until: date | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class StoredSchool:
    """Everything of one school that new rows are compared with.

    `own_children` are pairs of ids, a legal representative and his ward, whether the tie lasts or has ended.
    """

    people: tuple[StoredPerson, ...] = ()
    orders: tuple[StoredOrder, ...] = ()
    pairs: tuple[StoredPair, ...] = ()
    consents: tuple[StoredConsent, ...] = ()
    own_children: frozenset[tuple[UUID, UUID]] = frozenset()
