"""What a change by hand costs, and why somebody was not chosen: read from a result's prices, without solving again.

A change pushes people along a chain: somebody takes another's place, who takes a third one's, until the chain closes.
With the prices of a best result every step costs nothing or something, never less than nothing, so the cheapest chain
is a shortest path (Dijkstra), and what it costs is exactly what a new run with the change fixed would lose. Plain
Python, for web processes: a few milliseconds for 300 × 100.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from schools.matching.domain.problem import Problem
from schools.matching.domain.result import Certificate, Result
from schools.matching.domain.rules import SOFT_BY_HAND, HardRule, mark_of, rule_of

_Node = tuple[str, str]  # ("mentee" | "mentor", key), or the outside
_OUTSIDE: _Node = ("outside", "")


class Why(StrEnum):
    """Why a mentee is not with a mentor."""

    CHOSEN = "chosen"  # he is
    RULE = "rule"  # a hard rule forbids it (``rule``)
    HELD = "held"  # the mentee is locked to somebody, or goes with his group
    PLACES_HELD = "places_held"  # locked pairs and groups hold all the mentor's places
    WORSE = "worse"  # others would lose more than these two gain (``exchange``)
    AS_GOOD = "as_good"  # cover and total would be the same: fairness or the seed decided (``exchange``)
    MENTEE_HAS_BETTER = "mentee_has_better"  # stable mode: the mentee fits his own mentor as well or better
    MENTOR_HAS_BETTER = "mentor_has_better"  # stable mode: the mentor is full with mentees he wants as much or more


@dataclass(frozen=True, slots=True)
class Move:
    """One step of an exchange; no mentor ("") before or after means without one."""

    mentee: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """The cheapest way to make a change: who moves, and what it does to cover and total (0 or below: it costs).

    ``moves`` begin with the mentee who was asked about and go along the chain.
    """

    moves: tuple[Move, ...]
    cover: int
    total: int


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer to «почему не …?»; ``exchange`` is how it could be done all the same, if it can."""

    why: Why
    rule: HardRule | None = None
    exchange: Exchange | None = None


def why_not(problem: Problem, result: Result, mentee: str, mentor: str) -> WhyNot:
    """Return why a result does not put these two together.

    :raises KeyError: one of them is not in the problem.
    """
    mark = problem.scores[problem.mentee_index[mentee], problem.mentor_index[mentor]]
    rule = rule_of(mark)
    if result.mentor_of().get(mentee) == mentor:
        return WhyNot(Why.CHOSEN)
    if rule is not None and rule not in SOFT_BY_HAND:
        return WhyNot(Why.RULE, rule)
    if not problem.mentors[problem.mentor_index[mentor]].capacity:
        return WhyNot(Why.RULE, rule or HardRule.NO_PLACES)
    if result.certificate is None:
        return WhyNot(Why.RULE, rule) if rule else _why_not_stable(problem, result, mentee, mentor)
    residual = _Residual(problem, result, result.certificate)
    if mentee not in residual.free:
        return WhyNot(Why.HELD, rule)
    if mentor not in residual.places:
        return WhyNot(Why.PLACES_HELD, rule)
    exchange = residual.exchange_for(mentee, mentor)
    if rule is not None:
        return WhyNot(Why.RULE, rule, exchange)
    is_free = (exchange.cover, exchange.total) == (0, 0)
    return WhyNot(Why.AS_GOOD if is_free else Why.WORSE, None, exchange)


def cost_of_pair(problem: Problem, result: Result, mentee: str, mentor: str) -> Exchange | None:
    """Return what it costs to put two together in an optimal result; None where rules or locks do not let it be."""
    if result.mentor_of().get(mentee) == mentor:
        return Exchange((), 0, 0)
    return why_not(problem, result, mentee, mentor).exchange


def cost_of_parting(problem: Problem, result: Result, mentee: str) -> Exchange | None:
    """Return what it costs to forbid a mentee his mentor of an optimal result: he goes elsewhere or stays without.

    None when the mentee has nobody, is locked or goes with his group.
    """
    if result.certificate is None or mentee not in result.mentor_of():
        return None
    residual = _Residual(problem, result, result.certificate)
    return residual.exchange_without(mentee) if mentee in residual.free else None


def _why_not_stable(problem: Problem, result: Result, mentee: str, mentor: str) -> WhyNot:
    wanted, row = problem.mentee_wishes or problem.scores, problem.mentee_index[mentee]
    has = result.mentor_of().get(mentee)
    if has is not None and wanted[row, problem.mentor_index[has]] >= wanted[row, problem.mentor_index[mentor]]:
        return WhyNot(Why.MENTEE_HAS_BETTER)
    return WhyNot(Why.MENTOR_HAS_BETTER)


class _Residual:
    """What could move: free mentees, mentors with places that no lock or group holds, and the outside.

    A step mentee → mentor takes a place, mentor → mentee gives one up; mentee → outside leaves without a mentor,
    outside → mentee is somebody from there; mentor → outside fills an empty place, outside → mentor empties one.
    """

    def __init__(self, problem: Problem, result: Result, certificate: Certificate) -> None:
        held = {mentee for mentee, _ in problem.locked} | {m for group in problem.groups for m in group.mentees}
        self.problem, self.prices = problem, certificate
        self.mentor_of = {pair.mentee: pair.mentor for pair in result.pairs if pair.mentee not in held}
        self.free = {mentee.key for mentee in problem.mentees} - held
        self.places = {mentor.key: mentor.capacity for mentor in problem.mentors}
        for pair in result.pairs:
            self.places[pair.mentor] -= pair.mentee in held
        self.places = {key: places for key, places in self.places.items() if places > 0}
        self.mentees_of: dict[str, list[str]] = {key: [] for key in self.places}
        for mentee, mentor in sorted(self.mentor_of.items()):
            self.mentees_of[mentor].append(mentee)
        self.without = sorted(self.free - self.mentor_of.keys())
        self.columns = [
            (key, problem.mentor_index[key], certificate.mentors.get(key, 0)) for key in sorted(self.places)
        ]

    def exchange_for(self, mentee: str, mentor: str) -> Exchange:
        """Return the cheapest exchange that puts two together."""
        goal = ("mentor", self.mentor_of[mentee]) if mentee in self.mentor_of else _OUTSIDE
        path = self._cheapest(("mentor", mentor), goal, banned=None)
        return self._told([("mentee", mentee), *path, ("mentee", mentee)])

    def exchange_without(self, mentee: str) -> Exchange:
        """Return the cheapest exchange that takes a mentee from his mentor."""
        goal = ("mentor", self.mentor_of[mentee])
        path = self._cheapest(("mentee", mentee), goal, banned=(mentee, goal[1]))
        return self._told([*path, ("mentee", mentee)])

    def _cheapest(self, start: _Node, goal: _Node, banned: tuple[str, str] | None) -> list[_Node]:
        """Return the nodes of a shortest path; there is always one, through the outside if nowhere else."""
        distance = {start: 0}
        came: dict[_Node, _Node] = {}
        queue = [(0, start)]
        done: set[_Node] = set()
        while queue:
            far, node = heapq.heappop(queue)
            if node == goal:
                break
            if node in done:
                continue
            done.add(node)
            for following, step in self._steps(node):
                if following in done or (node[1], following[1]) == banned:
                    continue
                if far + step < distance.get(following, far + step + 1):
                    distance[following] = far + step
                    came[following] = node
                    heapq.heappush(queue, (far + step, following))
        path = [goal]
        while path[-1] != start:
            path.append(came[path[-1]])
        return path[::-1]

    def _steps(self, node: _Node) -> Iterator[tuple[_Node, int]]:
        side, key = node
        if side == "mentee":
            price = self.prices.mentees.get(key, 0) - self.prices.weight
            row = self.problem.mentee_index[key]
            for mentor, column, theirs in self.columns:
                fit = self.problem.scores[row, column]
                if fit >= 0 and self.mentor_of.get(key) != mentor:
                    yield ("mentor", mentor), price + theirs - fit
            if key in self.mentor_of:
                yield _OUTSIDE, self.prices.mentees.get(key, 0)
        elif side == "mentor":
            for mentee in self.mentees_of[key]:
                yield ("mentee", mentee), 0
            if len(self.mentees_of[key]) < self.places[key]:
                yield _OUTSIDE, 0
        else:
            for mentee in self.without:
                yield ("mentee", mentee), 0
            for mentor, mentees in self.mentees_of.items():
                if mentees:
                    yield ("mentor", mentor), self.prices.mentors.get(mentor, 0)

    def _told(self, circle: list[_Node]) -> Exchange:
        """Return the moves of a closed chain of nodes, and what they do."""
        after: dict[str, str] = {}
        for node, following in pairwise(circle):
            if node[0] == "mentee":
                after[node[1]] = following[1]  # a mentor, or the outside's empty key
            elif following[0] == "mentee":
                after.setdefault(following[1], "")
        moves = tuple(
            Move(mentee, self.mentor_of.get(mentee, ""), mentor)
            for mentee, mentor in after.items()
            if self.mentor_of.get(mentee, "") != mentor
        )
        before = [self.problem.fit(move.mentee, move.before) for move in moves if move.before]
        then = [self.problem.fit(move.mentee, move.after) for move in moves if move.after]
        return Exchange(moves, len(then) - len(before), sum(then) - sum(before))


def without_pair(problem: Problem, mentee: str, mentor: str) -> Problem:
    """Return the same question with one pair banned by hand: what «и без этой пары?» asks of a new run."""
    values = problem.scores.values[:]
    values[problem.mentee_index[mentee] * problem.scores.columns + problem.mentor_index[mentor]] = mark_of(
        HardRule.BANNED
    )
    scores = type(problem.scores)(problem.scores.rows, problem.scores.columns, values)
    return replace(problem, scores=scores)
