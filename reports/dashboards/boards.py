"""What a dashboard shows, as plain values: the pages, their live parts and the exports are three faces of one board."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from reports.rollup.selectors import Freshness
from tenants.reference.selectors import Definition


class DayKind(StrEnum):
    """How the figures of a day came about."""

    LIVE = "live"
    FROZEN = "frozen"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Day:
    """A day that has figures: today, or a month's end frozen at ``taken_at``."""

    day: date
    kind: DayKind
    taken_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Tell whether the figures still move."""
        return self.kind is DayKind.LIVE


@dataclass(frozen=True, slots=True)
class Count:
    """People engaged of people in the base; ``lacks_consent`` are in a pair and not counted for want of a consent."""

    num: int
    den: int
    lacks_consent: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """A figure of a district or the region: distinct people, and what the plain sum over schools counts again."""

    count: Count
    repeats_num: int = 0
    repeats_den: int = 0

    @property
    def summed(self) -> Count:
        """Return the plain sum over the schools."""
        return Count(self.count.num + self.repeats_num, self.count.den + self.repeats_den)


@dataclass(frozen=True, slots=True)
class Place:
    """A district or a school in a ranking; ``count`` is None while nothing is computed."""

    id: UUID
    title: str
    count: Count | None
    district_id: UUID | None = None
    district: str = ""
    code: str = ""
    state: str = ""

    @property
    def stage(self) -> Stage:
        """Return how far the place has come."""
        if self.count is None or self.count.den == 0:
            return Stage.EMPTY
        return Stage.ENGAGED if self.count.num else Stage.NOBODY


class Stage(StrEnum):
    """How far a place has come on its way to a figure."""

    EMPTY = "empty"
    NOBODY = "nobody"
    ENGAGED = "engaged"


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of a trend."""

    day: Day
    count: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One page of figures.

    ``places`` are districts or schools; ``by_definition`` is a school's, one row each; ``freshness`` is given for live
    figures only.
    """

    day: Day
    definition: Definition
    target: Decimal | None
    scope: Scope
    trend: Sequence[Moment]
    freshness: Freshness | None
    places: Sequence[Place] = field(default_factory=tuple)
    by_definition: Sequence[tuple[Definition, Count | None, Decimal | None]] = field(default_factory=tuple)
