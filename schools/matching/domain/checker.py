"""Verifies a result from the question alone. Shares no code with what made it: two defects would have to agree.

What is looked at: that the pairs keep the rules, that what the result says of itself is so, and that its prices prove
that nothing better exists. **Every** pair that the hard rules allow is priced, also those that the solver never saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from schools.matching.domain.problem import Problem
from schools.matching.domain.result import Certificate, Mode, Result


class Fault(StrEnum):
    """What is wrong with a result."""

    STRANGER = "stranger"  # a person who is not in the question, or a mentee twice
    SCORE = "score"  # a pair's fit is not what the question says
    RULE = "rule"  # a pair that a hard rule forbids
    CAPACITY = "capacity"  # more mentees than places
    LOCKED = "locked"  # a locked pair is missing, or another one is called locked
    GROUP = "group"  # a group is torn apart
    UNMATCHED = "unmatched"  # the list of people without a mentor is not the rest
    OBJECTIVE = "objective"  # cover, total or fairness are not what the pairs give
    NO_CERTIFICATE = "no_certificate"
    WEIGHT = "weight"  # a pair's weight is too small to put cover first
    NEGATIVE_PRICE = "negative_price"
    PRICE = "price"  # an allowed pair is worth more than its two prices
    VALUE = "value"  # the prices do not sum up to what the pairs are worth
    FAIR_PRICE = "fair_price"  # the same for the prices of fairness
    FAIR_VALUE = "fair_value"
    BLOCKING = "blocking"  # stable mode: two would rather have each other and are not listed


class Proven(StrEnum):
    """What a checked certificate proves."""

    COVER = "cover"  # no more mentees can have a mentor
    TOTAL = "total"  # with as many mentees, no better total fit
    FAIRNESS = "fairness"  # with as good a total, no fairer result
    GIVEN_GROUPS = "given_groups"  # all of it for the places that the groups have got: other places are not checked
    STABLE = "stable"  # nobody would rather have each other, locks and groups aside


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found. ``priced`` is the number of allowed pairs that were priced."""

    faults: tuple[Fault, ...]
    proven: tuple[Proven, ...]
    priced: int = 0

    @property
    def is_right(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults


def check(problem: Problem, result: Result) -> Report:
    """Return what is wrong with a result, and what is proven when nothing is."""
    faults = list(_faults_of_pairs(problem, result))
    if faults:
        return Report(tuple(faults), ())
    if result.mode is Mode.STABLE:
        faults = list(_faults_of_blocking(problem, result))
        return Report(tuple(faults), () if faults else (Proven.STABLE,))
    if result.certificate is None:
        return Report((Fault.NO_CERTIFICATE,), ())
    free = _Free(problem, result)
    faults = [*_faults_of_prices(free, result.certificate), *_faults_of_fairness(free, result.certificate)]
    if faults:
        return Report(tuple(faults), (), free.allowed)
    given = (Proven.GIVEN_GROUPS,) if problem.groups else ()
    return Report((), (Proven.COVER, Proven.TOTAL, Proven.FAIRNESS, *given), free.allowed)


def _faults_of_pairs(problem: Problem, result: Result) -> Iterator[Fault]:
    mentor_of = {pair.mentee: pair.mentor for pair in result.pairs}
    known = all(p.mentee in problem.mentee_index and p.mentor in problem.mentor_index for p in result.pairs)
    if not known or len(mentor_of) != len(result.pairs):
        yield Fault.STRANGER
        return
    locked = set(problem.locked)
    marks = {
        pair: problem.scores[problem.mentee_index[pair.mentee], problem.mentor_index[pair.mentor]]
        for pair in result.pairs
    }
    if any(pair.score != max(0, mark) for pair, mark in marks.items()):
        yield Fault.SCORE
    if any(mark < 0 and (pair.mentee, pair.mentor) not in locked for pair, mark in marks.items()):
        yield Fault.RULE
    taken = Counter(mentor_of.values())
    if any(taken[mentor.key] > mentor.capacity for mentor in problem.mentors):
        yield Fault.CAPACITY
    if locked != {(pair.mentee, pair.mentor) for pair in result.pairs if pair.is_locked}:
        yield Fault.LOCKED
    if any(len({mentor_of.get(mentee) for mentee in group.mentees}) > 1 for group in problem.groups):
        yield Fault.GROUP
    if sorted(problem.mentee_index.keys() - mentor_of.keys()) != [left.mentee for left in result.unmatched]:
        yield Fault.UNMATCHED
    if not _is_worth(problem, result):
        yield Fault.OBJECTIVE


def _is_worth(problem: Problem, result: Result) -> bool:
    held = {mentee for mentee, _ in problem.locked} | {mentee for group in problem.groups for mentee in group.mentees}
    free = sorted(pair.score for pair in result.pairs if pair.mentee not in held)
    said = result.objective
    return (said.cover, said.total) == (len(result.pairs), sum(pair.score for pair in result.pairs)) and (
        said.worst,
        said.at_worst,
        said.unevenness,
    ) == (
        free[0] if free else None,
        free.count(free[0]) if free else 0,
        sum((1000 - score) * (1000 - score) for score in free),
    )


class _Free:
    """What was left to decide: mentees neither locked nor in a group that has its place, and the places left."""

    def __init__(self, problem: Problem, result: Result) -> None:
        held = {mentee for mentee, _ in problem.locked} | {m for group in problem.groups for m in group.mentees}
        left = [mentor.capacity for mentor in problem.mentors]
        for pair in result.pairs:
            if pair.mentee in held:
                left[problem.mentor_index[pair.mentor]] -= 1
        self.mentees = [at for at, mentee in enumerate(problem.mentees) if mentee.key not in held]
        self.mentors = [at for at, places in enumerate(left) if places > 0]
        self.places = [left[at] for at in self.mentors]
        self.mentee_keys = [problem.mentees[at].key for at in self.mentees]
        self.mentor_keys = [problem.mentors[at].key for at in self.mentors]
        self.fits = [pair.score for pair in result.pairs if pair.mentee not in held]
        self._table = (
            np.asarray(problem.scores.values, dtype=np.int16).reshape(problem.scores.rows, -1)
            if (problem.scores.rows and problem.scores.columns)
            else np.zeros((problem.scores.rows, problem.scores.columns), dtype=np.int16)
        )
        self.allowed = 0

    def rows(self, at_once: int = 256) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        """Yield pieces of the table of fits of what was left, in the order of ``mentee_keys`` and ``mentor_keys``."""
        for start in range(0, len(self.mentees), at_once):
            here = slice(start, start + at_once)
            yield here, self._table[self.mentees[here]][:, self.mentors].astype(np.int64)


def _vector(prices: dict[str, int], keys: list[str]) -> NDArray[np.int64]:
    return np.array([prices.get(key, 0) for key in keys], dtype=np.int64)


def _faults_of_prices(free: _Free, certificate: Certificate) -> Iterator[Fault]:
    """Weak duality: pairs are worth at most the prices of their people, so at most the sum of all prices."""
    if certificate.weight <= 1000 * min(len(free.mentees), sum(free.places)):
        yield Fault.WEIGHT
    everybody = {*free.mentee_keys, *free.mentor_keys}
    if not (certificate.mentees.keys() | certificate.mentors.keys()) <= everybody:
        yield Fault.STRANGER
    of_mentees, of_mentors = (
        _vector(certificate.mentees, free.mentee_keys),
        _vector(certificate.mentors, free.mentor_keys),
    )
    if (of_mentees < 0).any() or (of_mentors < 0).any():
        yield Fault.NEGATIVE_PRICE
    is_dear_enough = True
    for here, fits in free.rows():
        is_allowed = fits >= 0
        free.allowed += int(is_allowed.sum())
        prices = of_mentees[here, None] + of_mentors[None, :]
        is_dear_enough = is_dear_enough and bool((prices >= certificate.weight + fits)[is_allowed].all())
    if not is_dear_enough:
        yield Fault.PRICE
    asked = sum(of_mentees.tolist()) + sum(p * n for p, n in zip(of_mentors.tolist(), free.places, strict=True))
    if asked != sum(certificate.weight + fit for fit in free.fits):
        yield Fault.VALUE


def _faults_of_fairness(free: _Free, certificate: Certificate) -> Iterator[Fault]:
    """Prove the same among the results that are as good: those whose pairs are worth exactly their first prices.

    In such a result everybody who has a first price is in a pair (a mentor: all his places are taken), so their second
    prices may have any sign. A pair below the worst fit makes a result less fair at once and needs no price.
    """
    if not free.fits:
        return
    worst = min(free.fits)
    if certificate.fair_weight <= len(free.fits) * 1000 * 1000:
        yield Fault.WEIGHT
    first = _vector(certificate.mentees, free.mentee_keys), _vector(certificate.mentors, free.mentor_keys)
    second = _vector(certificate.fair_mentees, free.mentee_keys), _vector(certificate.fair_mentors, free.mentor_keys)
    if any(((prices < 0) & (sure == 0)).any() for sure, prices in zip(first, second, strict=True)):
        yield Fault.NEGATIVE_PRICE
    is_dear_enough = True
    for here, fits in free.rows():
        is_best = (fits >= worst) & (first[0][here, None] + first[1][None, :] == certificate.weight + fits)
        worth = -((1000 - fits) * (1000 - fits)) - np.where(fits == worst, certificate.fair_weight, 0)
        prices = second[0][here, None] + second[1][None, :]
        is_dear_enough = is_dear_enough and bool((prices >= worth)[is_best].all())
    if not is_dear_enough:
        yield Fault.FAIR_PRICE
    asked = sum(second[0].tolist()) + sum(p * n for p, n in zip(second[1].tolist(), free.places, strict=True))
    had = sum(-((1000 - fit) ** 2) - (certificate.fair_weight if fit == worst else 0) for fit in free.fits)
    if asked != had:
        yield Fault.FAIR_VALUE


def _faults_of_blocking(problem: Problem, result: Result) -> Iterator[Fault]:
    """Look at every allowed pair: two who would both gain must be listed, and nobody else may be."""
    held = {mentee: "locked" for mentee, _ in problem.locked}
    for group in problem.groups:
        held.update({mentee: held.get(mentee, "group") for mentee in group.mentees})
    listed = {(pair.mentee, pair.mentor): pair.forced_by for pair in result.blocking}
    wishes, wanted = problem.wishes or problem.scores, problem.mentee_wishes or problem.scores
    mentor_of = {pair.mentee: problem.mentor_index[pair.mentor] for pair in result.pairs}
    mentees_of: dict[int, list[str]] = {}
    for mentee, column in mentor_of.items():
        mentees_of.setdefault(column, []).append(mentee)
    found: dict[tuple[str, str], str] = {}
    for mentee, row in problem.mentee_index.items():
        if mentee in held:
            continue
        has = wanted[row, mentor_of[mentee]] if mentee in mentor_of else -1
        for column, mentor in enumerate(problem.mentors):
            if problem.scores[row, column] < 0 or wanted[row, column] <= has:
                continue
            theirs = mentees_of.get(column, [])
            wish = wishes[row, column]
            less = [m for m in theirs if wishes[problem.mentee_index[m], column] < wish]
            if len(theirs) < mentor.capacity or any(m not in held for m in less):
                yield Fault.BLOCKING
                return
            if less:
                found[mentee, mentor.key] = held[min(less, key=lambda m: (wishes[problem.mentee_index[m], column], m))]
    if found != listed:
        yield Fault.BLOCKING
