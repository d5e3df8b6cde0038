"""The stable mode: deferred acceptance. Mentees ask, mentors with places keep whom they want most, nobody is worse off.

The answer is the best for every mentee among all in which no two people would rather have each other. Equal wishes are
put in an order by the seed. Locked pairs and groups hold their places beforehand; where somebody would take such a
place and be welcome, the two are listed as a blocking pair, with the rule that keeps them apart.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from schools.matching.domain.grouping import placed_one_after_another
from schools.matching.domain.instance import Instance, Integers, instance_of
from schools.matching.domain.outcome import objective_of, pairs_of, unmatched_of
from schools.matching.domain.problem import Problem
from schools.matching.domain.result import BlockingPair, Mode, Result, Stats


def solve_stably(problem: Problem) -> Result:
    """Return the stable result of a problem; the same for the same keys, facts and seed.

    :raises ProblemError: the problem is too large.
    """
    decided = {**dict(problem.locked), **placed_one_after_another(problem)}
    instance = instance_of(problem, decided)
    mates = _accepted(instance, _wishes(problem, instance))
    chosen = {mentee: mentor for mentee, mentor in decided.items() if mentor}
    for row, column in mates.items():
        chosen[problem.mentees[instance.rows[row]].key] = problem.mentors[instance.columns[column]].key
    return Result(
        mode=Mode.STABLE,
        pairs=pairs_of(problem, chosen),
        unmatched=unmatched_of(problem, chosen, is_stable=True),
        objective=objective_of(problem, chosen, decided),
        blocking=_blocking(problem, chosen, decided),
        stats=Stats(allowed_pairs=int((instance.scores >= 0).sum())),
    )


def _wishes(problem: Problem, instance: Instance) -> NDArray[np.int16]:
    if problem.wishes is None:
        return instance.scores
    table = np.asarray(problem.wishes.values, dtype=np.int16).reshape(problem.wishes.rows, problem.wishes.columns)
    return table[instance.rows].take(instance.columns, axis=1)


def _accepted(instance: Instance, wishes: NDArray[np.int16]) -> dict[int, int]:
    """Return the column of each row that keeps one; among equals the earlier in the seed's order is wanted more."""
    kept: list[list[tuple[int, int]]] = [[] for _ in instance.columns]
    lists: dict[int, Integers] = {}
    asked = [0] * len(instance.rows)
    waiting = list(range(len(instance.rows)))[::-1]
    while waiting:
        row = waiting.pop()
        wanted = lists.get(row)
        if wanted is None:
            order = np.argsort(-instance.scores[row].astype(np.int64), kind="stable")
            wanted = lists[row] = order[instance.scores[row][order] >= 0]
        if asked[row] == len(wanted):
            continue
        column = int(wanted[asked[row]])
        asked[row] += 1
        heapq.heappush(kept[column], (int(wishes[row, column]), -row))
        if len(kept[column]) > instance.places[column]:
            waiting.append(-heapq.heappop(kept[column])[1])
    return {-row: column for column, rows in enumerate(kept) for _, row in rows}


def _blocking(problem: Problem, chosen: Mapping[str, str], decided: Mapping[str, str]) -> tuple[BlockingPair, ...]:
    """Return whoever would take a place that a locked pair or a group holds, and would be welcome there."""
    locked = dict(problem.locked)
    wishes = problem.wishes or problem.scores
    holders: dict[str, list[tuple[int, str]]] = {}
    for mentee, mentor in decided.items():
        if mentor:
            wish = wishes[problem.mentee_index[mentee], problem.mentor_index[mentor]]
            holders.setdefault(mentor, []).append((wish, mentee))
    found = []
    for mentor, held in holders.items():
        wish_of_worst, worst = min(held)
        column = problem.mentor_index[mentor]
        for mentee, row in problem.mentee_index.items():
            has = problem.fit(mentee, chosen[mentee]) if mentee in chosen else -1
            if mentee not in decided and problem.scores[row, column] > has and wishes[row, column] > wish_of_worst:
                found.append(BlockingPair(mentee, mentor, worst, "locked" if worst in locked else "group"))
    return tuple(sorted(found, key=lambda pair: (pair.mentee, pair.mentor)))
