"""Consents as a state machine: when one is in force, what is wrong when it is not, and which steps it may take."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from schools.people.domain import adult_from, age_on, is_adult_on

# «Скоро закончится»: two months are enough for a parents' meeting.
SOON_DAYS: Final = 60
# A minor signs beside his parents from this age (ГК РФ, ст. 26).
OWN_SIGNATURE_AGE_YEARS: Final = 14
# The kind by which parents let a minor take part: no consent of 152-ФЗ, so no figure hangs on it.
PARTICIPATION: Final = "participation"
_DAY: Final = timedelta(days=1)


class ConsentState(StrEnum):
    """States of a recorded consent on a day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NEEDS_OWN = "needs_own"  # signed by a representative, and the person has turned 18
    NEEDS_REPRESENTATIVE = "needs_representative"  # signed by a minor himself
    OUTGROWN = "outgrown"  # of minors alone, and the person has turned 18: nobody is to sign anything


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the state of a consent; ``is_of_minors``: its kind is asked of nobody from 18 years on."""

    signer: str
    given_on: date
    valid_until: date | None
    withdrawn_on: date | None
    is_of_minors: bool = False


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
        return ConsentState.OUTGROWN if terms.is_of_minors else ConsentState.NEEDS_OWN
    if not is_adult and terms.signer == "self":
        return ConsentState.NEEDS_REPRESENTATIVE
    return ConsentState.IN_FORCE


class Why(StrEnum):
    """Why a consent that is in force will stop being so."""

    TERM = "term"  # «действует до»
    TURNS_18 = "turns_18"  # signed by a representative: from that birthday the person signs himself
    OUTGROWN = "outgrown"  # the same birthday, and the kind is of minors alone: nothing is to be signed
    WITHDRAWAL = "withdrawal"  # withdrawn from a day to come


class IllegalStepError(Exception):
    """A step that the state of a consent does not allow; ``code`` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day on which a consent is in force, and why it is the last."""

    last_day: date
    why: Why


def ending_of(terms: Terms, birth_date: date) -> Ending | None:
    """Return the end that is known of a consent: of the term, the 18th birthday and the withdrawal what comes first.

    None: until it is withdrawn. The last day may lie before the first: then the consent never was in force.
    """
    ends = []
    if terms.withdrawn_on is not None:
        ends.append(Ending(terms.withdrawn_on - _DAY, Why.WITHDRAWAL))
    if terms.signer != "self":
        why = Why.OUTGROWN if terms.is_of_minors else Why.TURNS_18
        ends.append(Ending(adult_from(birth_date) - _DAY, why))
    if terms.valid_until is not None:
        ends.append(Ending(terms.valid_until, Why.TERM))
    return min(ends, key=lambda end: end.last_day, default=None)


def ends_soon(terms: Terms, birth_date: date, day: date, within_days: int = SOON_DAYS) -> Ending | None:
    """Return the end of a consent that is in force on the day and no more so many days later; else None."""
    if state_on(terms, birth_date, day) != ConsentState.IN_FORCE:
        return None
    end = ending_of(terms, birth_date)
    return end if end is not None and (end.last_day - day).days < within_days else None


def withdrawn(terms: Terms, on: date) -> Terms:
    """Return the consent withdrawn from a day on; once more: with the day corrected.

    :raises IllegalStepError: ``withdrawn_before``, the day is before the consent was given.
    """
    if on < terms.given_on:
        raise IllegalStepError("withdrawn_before")
    return replace(terms, withdrawn_on=on)


def restored(terms: Terms) -> Terms:
    """Return the consent as it was before a withdrawal that was recorded by mistake.

    :raises IllegalStepError: ``not_withdrawn``, there is none.
    """
    if terms.withdrawn_on is None:
        raise IllegalStepError("not_withdrawn")
    return replace(terms, withdrawn_on=None)


def corrected(terms: Terms, *, signer: str, given_on: date, valid_until: date | None) -> Terms:
    """Return the consent as it really stands on paper, after a slip in recording it.

    :raises IllegalStepError: ``withdrawn``, what was withdrawn stays as it was; ``ends_before``, the term ends before
        it begins.
    """
    if terms.withdrawn_on is not None:
        raise IllegalStepError("withdrawn")
    if valid_until is not None and valid_until < given_on:
        raise IllegalStepError("ends_before")
    return replace(terms, signer=signer, given_on=given_on, valid_until=valid_until)


def may_withdraw_own(signer: str, birth_date: date, day: date) -> bool:
    """Tell whether somebody takes back by himself a consent about himself.

    From 18 every one. From 14 what he signed himself: he disposes of what he was allowed to give. What a parent gave
    for a child a parent takes back (152-ФЗ, ст. 9).
    """
    if is_adult_on(birth_date, day):
        return True
    return signer == "self" and age_on(birth_date, day) >= OWN_SIGNATURE_AGE_YEARS
