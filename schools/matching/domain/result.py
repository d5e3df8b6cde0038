"""One run's answer: pairs, who is left and why, what the answer is worth, and the prices that prove it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """How a run chooses."""

    OPTIMAL = "optimal"  # the most mentees, then the best total fit, then fairness
    STABLE = "stable"  # no two people who would both rather have each other


class WhyUnmatched(StrEnum):
    """Why somebody has no mentor in a result; the first that applies, in this order."""

    NOBODY_ALLOWED = "nobody_allowed"  # hard rules forbid every mentor; ``rules`` counts them by code
    GROUP_TOO_LARGE = "group_too_large"  # nobody whom the rules allow has so many places for the whole group
    PLACES_TAKEN = "places_taken"  # everybody allowed is full, and moving anybody would leave another one without
    NOT_CHOSEN = "not_chosen"  # stable mode: mentors he may have are full with mentees they would rather keep


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposed or locked pair, with its fit; ``group`` is the key of the group he came with."""

    mentee: str
    mentor: str
    score: int
    is_locked: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A mentee without a mentor. ``rules``: hard rules that keep mentors away, with how many each."""

    mentee: str
    why: WhyUnmatched
    rules: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """What a result is worth, compared from left to right.

    ``cover`` mentees have a mentor and ``total`` is the sum of their fits, locked pairs and groups included. Fairness
    is over the pairs that the run was free to choose one by one: their lowest fit (more is better), how many have it
    (fewer is better), and the sum of squared shortfalls from a full fit (less is better).
    """

    cover: int
    total: int
    worst: int | None = None
    at_worst: int = 0
    unevenness: int = 0

    @property
    def rank(self) -> tuple[int, int, int, int, int]:
        """Return numbers of which the greater tuple is the better result."""
        worst = -1 if self.worst is None else self.worst
        return self.cover, self.total, worst, -self.at_worst, -self.unevenness


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """Two who would rather have each other, and the rule that keeps them apart: ``locked`` or ``group``.

    ``displaced`` holds the mentor's place that the mentee would take.
    """

    mentee: str
    mentor: str
    displaced: str
    forced_by: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """Integer prices that prove a result of the optimal mode; a key without an entry has price 0.

    A pair is worth ``weight`` plus its fit, and ``weight`` is more than all fits together, so that one mentee more
    always counts more. No allowed pair is worth more than its two prices together, and the prices of everybody (of a
    mentor, times his free places) sum up to what the chosen pairs are worth: nothing can be worth more. Of all results
    that are worth as much, the second prices prove the fairest in the same way: see ``platform/docs/matching.md``.
    """

    weight: int
    mentees: dict[str, int] = field(default_factory=dict)
    mentors: dict[str, int] = field(default_factory=dict)
    fair_weight: int = 0
    fair_mentees: dict[str, int] = field(default_factory=dict)
    fair_mentors: dict[str, int] = field(default_factory=dict)
    are_groups_compared: bool = True
    """What the solver says of itself: every placing of the groups was compared. The proof holds for the one chosen."""

    def as_json(self) -> dict[str, Any]:
        """Return what JSON can hold, for storing with the run."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Certificate:
        """Return the certificate that ``as_json`` gave."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Stats:
    """How the answer was found; times are not here, so that equal runs are equal."""

    allowed_pairs: int = 0
    candidate_arcs: int = 0
    most_arcs_of_a_mentee: int = 0
    rounds: int = 0
    """Solves until no omitted pair was violated."""
    added_arcs: int = 0
    fairness_rounds: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """The answer; pairs and unmatched are sorted by key."""

    mode: Mode
    pairs: tuple[Pair, ...]
    unmatched: tuple[Unmatched, ...]
    objective: Objective
    certificate: Certificate | None = None
    blocking: tuple[BlockingPair, ...] = ()
    stats: Stats = Stats()

    def mentor_of(self) -> dict[str, str]:
        """Return the mentor's key by the mentee's."""
        return {pair.mentee: pair.mentor for pair in self.pairs}
