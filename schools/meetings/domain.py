"""Rules of meetings and plans that need no database: the chain of five kinds, states, what to look at in a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# How long a pair may go without its first meeting, and later without another, before somebody asks why.
FIRST_MEETING_DAYS = 14
STUCK_DAYS = 21
# A last day so near lets the next meeting be the farewell.
_FAREWELL_DAYS = 14


class MeetingKind(StrEnum):
    """The five kinds of the chain, in its order."""

    FIRST = "first"
    TRIAL = "trial"
    PLANNING = "planning"
    REGULAR = "regular"
    FINAL = "final"


class MeetingState(StrEnum):
    """What became of a meeting."""

    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    CANCELLED = "cancelled"


# A new meeting is one of these. «Missed» may turn out to have taken place after all; what was recorded by mistake is
# cancelled and stays so: history is corrected, never rewritten.
BEGINNINGS = frozenset({MeetingState.PLANNED, MeetingState.HELD})
_MOVES: Mapping[MeetingState, frozenset[MeetingState]] = {
    MeetingState.PLANNED: frozenset({MeetingState.HELD, MeetingState.MISSED, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset({MeetingState.CANCELLED}),
    MeetingState.MISSED: frozenset({MeetingState.HELD, MeetingState.CANCELLED}),
    MeetingState.CANCELLED: frozenset(),
}


def next_states(state: MeetingState) -> tuple[MeetingState, ...]:
    """Return the states that a meeting may be in after a correction, its own first; none for a cancelled one."""
    if state is MeetingState.CANCELLED:
        return ()
    return (state, *(each for each in MeetingState if each in _MOVES[state]))


def may_become(state: MeetingState, wanted: MeetingState) -> bool:
    """Tell whether a correction may leave a meeting in a state; a cancelled one is not corrected any more."""
    return wanted in next_states(state)


def fits_day(state: MeetingState, held_on: date, today: date) -> bool:
    """Tell whether a meeting may have such a state on its day: nothing has taken place, or failed to, tomorrow."""
    return state in (MeetingState.PLANNED, MeetingState.CANCELLED) or held_on <= today


def joined_periods(periods: Iterable[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """Return the same days as few periods, the earliest first; (first day, last day or None), both included."""
    joined: list[tuple[date, date | None]] = []
    for start, end in sorted(periods, key=lambda period: period[0]):
        if not joined:
            joined.append((start, end))
            continue
        first, last = joined[-1]
        if last is not None and start > last + timedelta(days=1):
            joined.append((start, end))
        else:
            joined[-1] = (first, None if last is None or end is None else max(last, end))
    return joined


def is_within(day: date, periods: Iterable[tuple[date, date | None]]) -> bool:
    """Tell whether a day lies in one of the periods of :func:`joined_periods`."""
    return any(first <= day and (last is None or day <= last) for first, last in periods)


def proposed_kind(held: Collection[str], day: date, ends_on: date | None) -> MeetingKind:
    """Return the kind of the next meeting by the chain: the one after the furthest that has taken place.

    After the three of the beginning all are regular, until the pair's last day is near.
    """
    chain = list(MeetingKind)
    reached = max((chain.index(MeetingKind(kind)) for kind in held), default=-1)
    if reached < chain.index(MeetingKind.PLANNING):
        return chain[reached + 1]
    is_ending = ends_on is not None and day >= ends_on - timedelta(days=_FAREWELL_DAYS)
    return MeetingKind.FINAL if is_ending and MeetingKind.FINAL not in held else MeetingKind.REGULAR


class PlanKind(StrEnum):
    """An individual plan (Р-145), or the персонализированная программа of АЗ-1128."""

    INDIVIDUAL = "individual"
    PERSONALISED = "personalised"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a plan's table: the name it has in JSON, and how many characters it holds."""

    name: str
    longest: int


PLAN_COLUMNS = (
    Column("task", 500),
    Column("term", 120),
    Column("planned", 500),
    Column("actual", 500),
    Column("mark", 200),
)
# What a персонализированная программа says besides its rows (domain: АЗ-1128); ``manner`` is the вид наставничества.
PROGRAMME_PARTS = (
    Column("manner", 120),
    Column("reason", 1000),
    Column("directions", 1000),
    Column("expected", 1000),
    Column("control", 500),
)
MOST_ROWS = 60
MOST_VERSIONS = 50
_SHORTEST_MONTHS, _LONGEST_MONTHS = 3, 12


class TermRemark(StrEnum):
    """What to look at in the term of a персонализированная программа; nothing of it forbids."""

    SHORT = "short"
    LONG = "long"


def term_remark(kind: PlanKind, starts_on: date | None, ends_on: date | None) -> TermRemark | None:
    """Return whether the term of a персонализированная программа is outside the usual three to twelve months.

    The last day belongs to the term. Individual plans, and terms that are not set, are as they are.
    """
    if kind is not PlanKind.PERSONALISED or starts_on is None or ends_on is None:
        return None
    after = ends_on + timedelta(days=1)
    if after < _months_later(starts_on, _SHORTEST_MONTHS):
        return TermRemark.SHORT
    return TermRemark.LONG if after > _months_later(starts_on, _LONGEST_MONTHS) else None


def _months_later(day: date, months: int) -> date:
    """Return the same day months later, or the first of the next month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 2, 1)


def clean_programme(parts: Mapping[str, object]) -> dict[str, str]:
    """Return what a программа says as it is stored: texts trimmed and cut, those that say nothing left out."""
    texts = {part.name: str(parts.get(part.name, "")).strip()[: part.longest] for part in PROGRAMME_PARTS}
    return {name: text for name, text in texts.items() if text}


def clean_rows(rows: Collection[Mapping[str, object]], sections: int) -> list[dict[str, str | int]]:
    """Return a plan's rows as they are stored: texts trimmed and cut, rows without any text left out.

    ``section`` is the number of one of the plan's sections, from 0; a number that is none becomes the first.
    """
    cleaned: list[dict[str, str | int]] = []
    for row in rows:
        texts = {
            column.name: " ".join(str(row.get(column.name, "")).split())[: column.longest] for column in PLAN_COLUMNS
        }
        if not any(texts.values()):
            continue
        section = row.get("section", 0)
        number = section if isinstance(section, int) and 0 <= section < sections else 0
        cleaned.append({"section": number, **texts})
    # Python's sort is stable: rows of a section stay in the order in which they were typed.
    return sorted(cleaned, key=lambda row: int(row["section"]))[:MOST_ROWS]
