"""When a consent is in force, and what is wrong with it when it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schools.people.domain import is_adult_on


class ConsentState(StrEnum):
    """States of a recorded consent on a day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NEEDS_OWN = "needs_own"  # signed by a representative, and the person has turned 18
    NEEDS_REPRESENTATIVE = "needs_representative"  # signed by a minor himself


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the state of a consent."""

    signer: str
    given_on: date
    valid_until: date | None
    withdrawn_on: date | None


def state_on(terms: Terms, birth_date: date, day: date) -> ConsentState:
    """Return the state of a consent on a day.

    In force: given on or before the day, «действует до» includes it, the day of withdrawal does not; signed by the
    person from 18 full years on the day asked about, by a representative before (152-ФЗ, ст. 9).
    """
    if terms.withdrawn_on is not None and terms.withdrawn_on <= day:
        return ConsentState.WITHDRAWN
    if terms.given_on > day:
        return ConsentState.NOT_YET
    if terms.valid_until is not None and terms.valid_until < day:
        return ConsentState.EXPIRED
    is_adult = is_adult_on(birth_date, day)
    if is_adult and terms.signer != "self":
        return ConsentState.NEEDS_OWN
    if not is_adult and terms.signer == "self":
        return ConsentState.NEEDS_REPRESENTATIVE
    return ConsentState.IN_FORCE
