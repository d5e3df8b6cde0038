"""Rules of pairs that need no database: who fits whom, and in which state a pair is on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PairState(StrEnum):
    """States of a pair on a day; the first that applies, in this order."""

    ENDED = "ended"
    AWAITS_CONSENT = "awaits_consent"  # a draft, and one of the two has no consent in force
    AWAITS_ORDER = "awaits_order"  # a draft: no order, or an order without number or date
    NOT_YET = "not_yet"  # ordered, and the order's date or the first day is still to come
    ACTING = "acting"


@dataclass(frozen=True, slots=True)
class Side:
    """One person on one side of a pair, as far as the rules look at him."""

    id: object
    kinds: frozenset[str]


def fits_side(kinds: Collection[str], wanted: Collection[str]) -> bool:
    """Tell whether somebody of these kinds may stand on a side; a side that names no kinds takes everybody."""
    return not wanted or bool(set(kinds) & set(wanted))


def periods_overlap(starts_on: date, ends_on: date | None, other_start: date, other_end: date | None) -> bool:
    """Tell whether two periods, both days included, have a day in common; no last day means open."""
    begins_in_time = other_end is None or starts_on <= other_end
    return begins_in_time and (ends_on is None or other_start <= ends_on)
