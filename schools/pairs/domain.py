"""Rules of pairs that need no database: who fits whom, and in which state a pair is on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

MOST_IN_GROUP = 40


class PairState(StrEnum):
    """States of a pair on a day; the first that applies, in this order."""

    ENDED = "ended"
    AWAITS_CONSENT = "awaits_consent"  # a draft, and one of the two has no consent in force
    AWAITS_ORDER = "awaits_order"  # a draft: no order, or an order without number or date
    NOT_YET = "not_yet"  # ordered, and the order's date or the first day is still to come
    ACTING = "acting"


class EndCode(StrEnum):
    """Why a pair ended; words of the school's own stand beside it."""

    COMPLETED = "completed"
    MENTEE_WISH = "mentee_wish"
    MENTOR_WISH = "mentor_wish"
    MENTOR_CHANGED = "mentor_changed"
    LEFT = "left"
    OTHER = "other"


class Step(StrEnum):
    """How far a pair has come, whatever the day: what may be done with it depends on this alone."""

    DRAFT = "draft"
    ORDERED = "ordered"
    ENDED_DRAFT = "ended_draft"
    ENDED = "ended"


class Act(StrEnum):
    """What can be done with a pair."""

    EDIT = "edit"  # its days, among them a last day that was recorded wrongly
    DISCARD = "discard"
    APPROVE = "approve"
    END = "end"  # of one that has ended: correct its last day or reason
    CHANGE_MENTOR = "change_mentor"
    SUBSTITUTE = "substitute"
    ASK = "ask"  # one of the two asks the curator for another partner


_ACTS: dict[Step, frozenset[Act]] = {
    Step.DRAFT: frozenset({Act.EDIT, Act.DISCARD, Act.APPROVE, Act.END, Act.ASK}),
    Step.ORDERED: frozenset({Act.EDIT, Act.END, Act.CHANGE_MENTOR, Act.SUBSTITUTE, Act.ASK}),
    # A draft that ended was never in force: it is corrected, or goes, or its paper turns up.
    Step.ENDED_DRAFT: frozenset({Act.EDIT, Act.DISCARD, Act.APPROVE, Act.END}),
    Step.ENDED: frozenset({Act.EDIT, Act.END}),
}


def step_of(*, is_ordered: bool, ends_on: date | None, day: date) -> Step:
    """Return how far a pair has come by a day; its last day is still one of its days."""
    if ends_on is not None and ends_on < day:
        return Step.ENDED if is_ordered else Step.ENDED_DRAFT
    return Step.ORDERED if is_ordered else Step.DRAFT


def may_do(step: Step, act: Act) -> bool:
    """Tell whether an act is open to a pair at this step."""
    return act in _ACTS[step]


class Side(StrEnum):
    """Who asks for another partner."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    PARENT = "parent"


class Wish(StrEnum):
    """Why somebody asks for another partner: nothing here blames anybody."""

    TIME = "time"
    INTERESTS = "interests"
    CONTACT = "contact"
    OTHER = "other"


class Outcome(StrEnum):
    """What the curator did about such a request."""

    CHANGED = "changed"
    TALKED = "talked"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


def fits_side(kinds: Collection[str], wanted: Collection[str]) -> bool:
    """Tell whether somebody of these kinds may stand on a side; a side that names no kinds takes everybody."""
    return not wanted or bool(set(kinds) & set(wanted))


def periods_overlap(starts_on: date, ends_on: date | None, other_start: date, other_end: date | None) -> bool:
    """Tell whether two periods, both days included, have a day in common; no last day means open."""
    begins_in_time = other_end is None or starts_on <= other_end
    return begins_in_time and (ends_on is None or other_start <= ends_on)
