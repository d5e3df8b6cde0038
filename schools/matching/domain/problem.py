"""One run's question: mentees, mentors with places, a fit or a hard rule for every two, what is already fixed."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from schools.matching.domain.rules import SOFT_BY_HAND, HardRule, mark_of, rule_of

FULL_FIT: Final = 1000
"""The best fit; the worst is 0."""
MOST_PLACES: Final = 10_000


class ProblemError(ValueError):
    """A question that contradicts itself; ``code`` and ``parameters`` (keys of people) say how."""

    def __init__(self, code: str, *parameters: str) -> None:
        super().__init__(": ".join((code, ", ".join(parameters))))
        self.code = code
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class Mentee:
    """Somebody who looks for a mentor."""

    key: str


@dataclass(frozen=True, slots=True)
class Mentor:
    """Somebody who takes up to ``capacity`` mentees in this run, locked ones included."""

    key: str
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Mentees who go to one mentor together, or to nobody."""

    key: str
    mentees: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a pair fits: a code of ``fit.ReasonCode``, points it adds (or takes away), and what to put into words."""

    code: str
    points: int
    parameters: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Arc:
    """A pair that may be proposed, its fit from 0 to ``FULL_FIT``, and why."""

    mentee: str
    mentor: str
    score: int
    reasons: tuple[Reason, ...] = ()


class Scores:
    """A number for every mentee (row) and mentor (column): a fit from 0 to 1000, or a rule's mark below 0.

    Two bytes a pair, row after row: 2 MB for 1,000 × 1,000, 30 MB for 5,000 × 3,000. ``values`` is an ``array('h')``
    or anything with the same buffer, so that the solver reads it without copying.
    """

    __slots__ = ("columns", "rows", "values")

    def __init__(self, rows: int, columns: int, values: array[int] | None = None) -> None:
        self.rows, self.columns = rows, columns
        self.values = array("h", bytes(2 * rows * columns)) if values is None else values
        if len(self.values) != rows * columns:
            raise ProblemError("scores_shape")

    def __getitem__(self, place: tuple[int, int]) -> int:
        return self.values[place[0] * self.columns + place[1]]

    def __setitem__(self, place: tuple[int, int], value: int) -> None:
        self.values[place[0] * self.columns + place[1]] = value


@dataclass(frozen=True)
class Problem:
    """What a run is asked. Order of people does not matter to the answer, only keys and ``seed`` do.

    ``scores`` has a row a mentee and a column a mentor, in the order given here. For the stable mode, in tables of the
    same shape: ``wishes``, how much each mentor would like each mentee, and ``mentee_wishes``, how much each mentee
    would like each mentor; without them a side goes by ``scores``, which alone says what is forbidden. ``locked``:
    (mentee, mentor) that stay as they are.

    :raises ProblemError: keys twice, a stranger in ``locked`` or ``groups``, places overrun by locked pairs, a locked
        pair that a hard rule forbids (rules that only bind a run aside), a group that is locked apart.
    """

    mentees: tuple[Mentee, ...]
    mentors: tuple[Mentor, ...]
    scores: Scores
    locked: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    wishes: Scores | None = None
    seed: int = 0
    mentee_wishes: Scores | None = None
    mentee_index: dict[str, int] = field(init=False, repr=False, compare=False)
    mentor_index: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mentee_index", {mentee.key: at for at, mentee in enumerate(self.mentees)})
        object.__setattr__(self, "mentor_index", {mentor.key: at for at, mentor in enumerate(self.mentors)})
        self._check_people()
        self._check_locked()
        self._check_groups()

    @classmethod
    def from_arcs(
        cls,
        mentees: Iterable[Mentee],
        mentors: Iterable[Mentor],
        arcs: Iterable[Arc],
        *,
        forbidden: Mapping[tuple[str, str], HardRule] | None = None,
        locked: Iterable[tuple[str, str]] = (),
        groups: Iterable[Group] = (),
        seed: int = 0,
    ) -> Problem:
        """Return the problem of these arcs; a pair without an arc and not forbidden may be proposed with fit 0."""
        rows, columns = tuple(mentees), tuple(mentors)
        row_of = {mentee.key: at for at, mentee in enumerate(rows)}
        column_of = {mentor.key: at for at, mentor in enumerate(columns)}
        scores = Scores(len(rows), len(columns))
        for arc in arcs:
            if not 0 <= arc.score <= FULL_FIT:
                raise ProblemError("score_range", arc.mentee, arc.mentor)
            scores[row_of[arc.mentee], column_of[arc.mentor]] = arc.score
        for (mentee, mentor), rule in (forbidden or {}).items():
            scores[row_of[mentee], column_of[mentor]] = mark_of(rule)
        return cls(rows, columns, scores, tuple(locked), tuple(groups), None, seed)

    def fit(self, mentee: str, mentor: str) -> int:
        """Return the fit of a pair; 0 for a pair that a rule forbids and somebody has locked by hand."""
        return max(0, self.scores[self.mentee_index[mentee], self.mentor_index[mentor]])

    def rule(self, mentee: str, mentor: str) -> HardRule | None:
        """Return the first hard rule that forbids a pair, None when it may be proposed."""
        return rule_of(self.scores[self.mentee_index[mentee], self.mentor_index[mentor]])

    def _check_people(self) -> None:
        if len(self.mentee_index) < len(self.mentees) or len(self.mentor_index) < len(self.mentors):
            raise ProblemError("key_twice")
        for table in filter(None, (self.scores, self.wishes, self.mentee_wishes)):
            if (table.rows, table.columns) != (len(self.mentees), len(self.mentors)):
                raise ProblemError("scores_shape")
        for mentor in self.mentors:
            if not 0 <= mentor.capacity <= MOST_PLACES:
                raise ProblemError("capacity_range", mentor.key)

    def _check_locked(self) -> None:
        taken: dict[str, int] = {}
        seen: set[str] = set()
        for mentee, mentor in self.locked:
            if mentee not in self.mentee_index or mentor not in self.mentor_index:
                raise ProblemError("locked_stranger", mentee, mentor)
            if mentee in seen:
                raise ProblemError("locked_twice", mentee)
            seen.add(mentee)
            rule = self.rule(mentee, mentor)
            if rule is not None and rule not in SOFT_BY_HAND:
                raise ProblemError(rule, mentee, mentor)
            taken[mentor] = taken.get(mentor, 0) + 1
            if taken[mentor] > self.mentors[self.mentor_index[mentor]].capacity:
                raise ProblemError("locked_over_capacity", mentor)

    def _check_groups(self) -> None:
        locked = dict(self.locked)
        seen: set[str] = set()
        for group in self.groups:
            if len(group.mentees) < 2 or not seen.isdisjoint(group.mentees):
                raise ProblemError("group_members", group.key)
            seen.update(group.mentees)
            if strangers := [key for key in group.mentees if key not in self.mentee_index]:
                raise ProblemError("group_stranger", group.key, *strangers)
            places = {locked.get(key) for key in group.mentees}
            if places != {None} and len(places) > 1:
                raise ProblemError("group_locked_apart", group.key)
