"""The optimal mode: the most mentees covered, then the best total fit, then fairness; with the prices that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from schools.matching.domain.candidates import first_arcs, joined, nearly_best, violated_arcs
from schools.matching.domain.fairness import Fairest, fairest
from schools.matching.domain.flow import NOBODY, best_mates, prices_of
from schools.matching.domain.grouping import placings
from schools.matching.domain.instance import Instance, Integers, instance_of
from schools.matching.domain.outcome import objective_of, pairs_of, unmatched_of
from schools.matching.domain.problem import Problem
from schools.matching.domain.result import Certificate, Mode, Objective, Result, Stats


@dataclass(frozen=True)
class _Found:
    """What a solve found for one placing of the groups."""

    instance: Instance
    decided: Mapping[str, str]
    prices: tuple[Integers, Integers]
    fair: Fairest
    stats: Stats


def solve(problem: Problem) -> Result:
    """Return the best result of a problem and its certificate; the same for the same keys, facts and seed.

    :raises ProblemError: the problem is too large for exact arithmetic.
    """
    places = placings(problem)
    found = (_solve_given(problem, {**dict(problem.locked), **decided}) for decided in places)
    worth = ((objective_of(problem, _chosen(problem, each), each.decided), each) for each in found)
    best = max(worth, key=lambda pair: pair[0].rank)
    return _told(problem, *best, are_groups_compared=places.are_all)


def _solve_given(problem: Problem, decided: Mapping[str, str]) -> _Found:
    """Solve over the candidates, price every pair, add what is worth more than its prices, until nothing is."""
    instance = instance_of(problem, decided)
    first = arcs = first_arcs(instance)
    rounds, most, added = 0, 0, 0
    while True:
        rounds += 1
        most = max(most, int(np.bincount(arcs[0]).max(initial=0)))
        mates = best_mates(instance, *arcs)
        prices = prices_of(instance, *arcs, mates)
        violated = violated_arcs(instance, *prices)
        if not len(violated[0]):
            break
        added += len(violated[0])
        arcs = joined(instance, nearly_best(instance, arcs, *prices) if rounds == 1 else arcs, violated)
    fair = fairest(instance, arcs, mates, prices)
    stats = Stats(
        allowed_pairs=int((instance.scores >= 0).sum()),
        candidate_arcs=len(first[0]),
        most_arcs_of_a_mentee=most,
        rounds=rounds,
        added_arcs=added,
        fairness_rounds=fair.rounds,
    )
    return _Found(instance, decided, prices, fair, stats)


def _chosen(problem: Problem, found: _Found) -> dict[str, str]:
    """Return the mentor of everybody who has one, by keys."""
    rows = np.flatnonzero(found.fair.mates != NOBODY)
    mentees, mentors = found.instance.rows[rows], found.instance.columns[found.fair.mates[rows]]
    chosen = {problem.mentees[at].key: problem.mentors[to].key for at, to in zip(mentees, mentors, strict=True)}
    return {**{mentee: mentor for mentee, mentor in found.decided.items() if mentor}, **chosen}


def _told(problem: Problem, worth: Objective, found: _Found, *, are_groups_compared: bool) -> Result:
    chosen = _chosen(problem, found)
    return Result(
        mode=Mode.OPTIMAL,
        pairs=pairs_of(problem, chosen),
        unmatched=unmatched_of(problem, chosen),
        objective=worth,
        certificate=_certificate(problem, found, are_groups_compared=are_groups_compared),
        stats=found.stats,
    )


def _certificate(problem: Problem, found: _Found, *, are_groups_compared: bool) -> Certificate:
    mentees = [problem.mentees[at].key for at in found.instance.rows]
    mentors = [problem.mentors[at].key for at in found.instance.columns]
    return Certificate(
        weight=found.instance.weight,
        mentees=_priced(mentees, found.prices[0]),
        mentors=_priced(mentors, found.prices[1]),
        fair_weight=found.fair.weight,
        fair_mentees=_priced(mentees, found.fair.row_prices),
        fair_mentors=_priced(mentors, found.fair.column_prices),
        are_groups_compared=are_groups_compared,
    )


def _priced(keys: list[str], prices: Integers) -> dict[str, int]:
    return dict(sorted((key, price) for key, price in zip(keys, prices.tolist(), strict=True) if price))
