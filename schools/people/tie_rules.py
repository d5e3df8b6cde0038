"""Whether an account may be tied to a card: what needs no database. Taking another's card is taking his place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from schools.people.domain import is_adult_on

# Whoever is nothing of these is a pupil, or nobody knows who.
ADULT_KINDS: Final = frozenset({"teacher", "staff", "parent", "alumnus", "student", "enterprise", "other"})
EMPLOYED_KINDS: Final = frozenset({"teacher", "staff"})


class Refusal(StrEnum):
    """Why an account is not tied to a card."""

    TIED_ALREADY = "tied_already"
    CARD_HAS_ACCOUNT = "card_has_account"
    NOT_AN_ADULT = "not_an_adult"
    NOT_EMPLOYED = "not_employed"
    ANOTHER_NAME = "another_name"


class UntieReason(StrEnum):
    """Why an account is no more tied to its card; a code, because the record names nobody."""

    WRONG_CARD = "wrong_card"
    ANOTHER_ACCOUNT = "another_account"
    NO_PART = "no_part"


@dataclass(frozen=True, slots=True)
class Card:
    """What decides about a card. ``employed_as`` and ``is_pupil_here`` speak of the day asked about."""

    kinds: Collection[str]
    birth_date: date
    name_keys: Collection[str]
    employed_as: Collection[str]
    is_pupil_here: bool
    has_account: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What decides about an account. ``is_own``: its holder asks himself; ``is_staff``: it opens others' data."""

    name_key: str
    is_own: bool
    is_staff: bool
    is_tied: bool


def is_grown_up(card: Card, day: date) -> bool:
    """Tell whether the card is one of somebody who may open others' data: an adult, and no pupil of this school."""
    return is_adult_on(card.birth_date, day) and bool(ADULT_KINDS & set(card.kinds)) and not card.is_pupil_here


def why_not(account: Account, card: Card, day: date) -> Refusal | None:
    """Return why the account is not tied to the card; None when it may be.

    An account that opens others' data belongs to a grown-up: no pupil's card. Whoever says «это я» himself is one of
    those who work here, under the very name of his account: nobody takes a parent's or another's place by a click.
    """
    if account.is_tied:
        return Refusal.TIED_ALREADY
    if card.has_account:
        return Refusal.CARD_HAS_ACCOUNT
    if (account.is_staff or account.is_own) and not is_grown_up(card, day):
        return Refusal.NOT_AN_ADULT
    if account.is_own and not EMPLOYED_KINDS & set(card.employed_as):
        return Refusal.NOT_EMPLOYED
    if account.is_own and account.name_key not in card.name_keys:
        return Refusal.ANOTHER_NAME
    return None
