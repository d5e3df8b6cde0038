"""What a change by hand costs, and why somebody was not chosen: read from a result's prices, without solving again.

A change pushes people along a chain: somebody takes another's place, who takes a third one's, until the chain closes.
With the prices of a best result every step costs nothing or something, never less than nothing, so the cheapest chain
is a shortest path (Dijkstra), and what it costs is exactly what a new run with the change fixed would lose. Plain
Python, for web processes: a few milliseconds for 300 × 100.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
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
    return why_not_each(problem, result, mentee, [mentor])[mentor]


def why_not_each(problem: Problem, result: Result, mentee: str, mentors: Iterable[str]) -> dict[str, WhyNot]:
    """Return why a result does not put a mentee with each of these mentors; all of them for little more than one.

    :raises KeyError: somebody is not in the problem.
    """
    answers = {mentor: _without_prices(problem, result, mentee, mentor) for mentor in mentors}
    open_ones = [mentor for mentor, answer in answers.items() if answer is None]
    if open_ones and result.certificate is not None:
        residual = _Residual(problem, result, result.certificate)
        answers |= _by_prices(residual, mentee, open_ones)
    return {mentor: answer for mentor, answer in answers.items() if answer is not None}


def _without_prices(problem: Problem, result: Result, mentee: str, mentor: str) -> WhyNot | None:
    """Return the answer where rules or the stable mode give it; None where only prices do."""
    rule = rule_of(problem.scores[problem.mentee_index[mentee], problem.mentor_index[mentor]])
    if result.mentor_of().get(mentee) == mentor:
        return WhyNot(Why.CHOSEN)
    if rule is not None and rule not in SOFT_BY_HAND:
        return WhyNot(Why.RULE, rule)
    if not problem.mentors[problem.mentor_index[mentor]].capacity:
        return WhyNot(Why.RULE, rule or HardRule.NO_PLACES)
    if result.certificate is None:
        return WhyNot(Why.RULE, rule) if rule else _why_not_stable(problem, result, mentee, mentor)
    return None


def _by_prices(residual: _Residual, mentee: str, mentors: Iterable[str]) -> dict[str, WhyNot | None]:
    if mentee not in residual.free:
        return {mentor: WhyNot(Why.HELD, residual.rule(mentee, mentor)) for mentor in mentors}
    answers: dict[str, WhyNot | None] = {}
    exchanges = residual.exchanges_for(mentee, [mentor for mentor in mentors if mentor in residual.places])
    for mentor in mentors:
        rule, exchange = residual.rule(mentee, mentor), exchanges.get(mentor)
        if exchange is None:
            answers[mentor] = WhyNot(Why.PLACES_HELD, rule)
        elif rule is not None:
            answers[mentor] = WhyNot(Why.RULE, rule, exchange)
        else:
            costs_nothing = (exchange.cover, exchange.total) == (0, 0)
            answers[mentor] = WhyNot(Why.AS_GOOD if costs_nothing else Why.WORSE, None, exchange)
    return answers


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
    """Return who has somebody better; of whom a lock or a group holds, or whose place one holds, that."""
    if mentee in _held(problem):
        return WhyNot(Why.HELD)
    if any((pair.mentee, pair.mentor) == (mentee, mentor) for pair in result.blocking):
        return WhyNot(Why.PLACES_HELD)
    wanted, row = problem.mentee_wishes or problem.scores, problem.mentee_index[mentee]
    has = result.mentor_of().get(mentee)
    if has is not None and wanted[row, problem.mentor_index[has]] >= wanted[row, problem.mentor_index[mentor]]:
        return WhyNot(Why.MENTEE_HAS_BETTER)
    return WhyNot(Why.MENTOR_HAS_BETTER)


def _held(problem: Problem) -> set[str]:
    """Return the mentees whom a lock holds, or who go with a group."""
    return {mentee for mentee, _ in problem.locked} | {m for group in problem.groups for m in group.mentees}


class _Residual:
    """What could move: free mentees, mentors with places that no lock or group holds, and the outside.

    A step mentee → mentor takes a place, mentor → mentee gives one up; mentee → outside leaves without a mentor,
    outside → mentee is somebody from there; mentor → outside fills an empty place, outside → mentor empties one.
    """

    def __init__(self, problem: Problem, result: Result, certificate: Certificate) -> None:
        held = _held(problem)
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
        width = problem.scores.columns
        self.rows = [
            (key, problem.mentee_index[key] * width, certificate.mentees.get(key, 0)) for key in sorted(self.free)
        ]

    def rule(self, mentee: str, mentor: str) -> HardRule | None:
        """Return the rule that forbids two to a run."""
        return self.problem.rule(mentee, mentor)

    def exchanges_for(self, mentee: str, mentors: Iterable[str]) -> dict[str, Exchange]:
        """Return the cheapest exchange that puts a mentee with each of these mentors."""
        goal = ("mentor", self.mentor_of[mentee]) if mentee in self.mentor_of else _OUTSIDE
        paths = self._cheapest({("mentor", mentor) for mentor in mentors}, goal, banned=None)
        asked = ("mentee", mentee)
        return {mentor[1]: self._told([asked, *path, asked]) for mentor, path in paths.items()}

    def exchange_without(self, mentee: str) -> Exchange:
        """Return the cheapest exchange that takes a mentee from his mentor."""
        asked, goal = ("mentee", mentee), ("mentor", self.mentor_of[mentee])
        return self._told([*self._cheapest({asked}, goal, banned=(asked, goal))[asked], asked])

    def _cheapest(
        self, starts: set[_Node], goal: _Node, banned: tuple[_Node, _Node] | None
    ) -> dict[_Node, list[_Node]]:
        """Return the nodes of a shortest path from each start; there always is one, through the outside if need be.

        Searched backwards from the goal, so that many starts cost little more than one.
        """
        distance = {goal: 0}
        following: dict[_Node, _Node] = {}
        queue, done, missing = [(0, goal)], set[_Node](), set(starts)
        while queue and missing:
            far, node = heapq.heappop(queue)
            if node in done:
                continue
            done.add(node)
            missing.discard(node)
            for earlier, step in self._steps_into(node):
                if earlier in done or (earlier, node) == banned:
                    continue
                if far + step < distance.get(earlier, far + step + 1):
                    distance[earlier] = far + step
                    following[earlier] = node
                    heapq.heappush(queue, (far + step, earlier))
        return {start: self._path(start, goal, following) for start in starts}

    @staticmethod
    def _path(start: _Node, goal: _Node, following: dict[_Node, _Node]) -> list[_Node]:
        path = [start]
        while path[-1] != goal:
            path.append(following[path[-1]])
        return path

    def _steps_into(self, node: _Node) -> Iterator[tuple[_Node, int]]:
        side, key = node
        if side == "mentee":
            yield ("mentor", self.mentor_of[key]) if key in self.mentor_of else _OUTSIDE, 0
        elif side == "mentor":
            price = self.prices.mentors.get(key, 0) - self.prices.weight
            fits, column = self.problem.scores.values, self.problem.mentor_index[key]
            for mentee, begins, theirs in self.rows:
                fit = fits[begins + column]
                if fit >= 0 and self.mentor_of.get(mentee) != key:
                    yield ("mentee", mentee), price + theirs - fit
            if self.mentees_of[key]:
                yield _OUTSIDE, self.prices.mentors.get(key, 0)
        else:
            for mentee in self.mentor_of:
                yield ("mentee", mentee), self.prices.mentees.get(mentee, 0)
            for mentor, places in self.places.items():
                if len(self.mentees_of[mentor]) < places:
                    yield ("mentor", mentor), 0

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
