"""The stable mode: deferred acceptance. Mentees ask, mentors with places keep whom they want most, nobody is worse off.

The answer is the best for every mentee among all in which no two people would rather have each other. Equal wishes are
put in an order by the seed. Locked pairs and groups hold their places beforehand; where somebody would take such a
place and be welcome, the two are listed as a blocking pair, with the rule that keeps them apart.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from schools.matching.domain.grouping import placed_one_after_another
from schools.matching.domain.instance import Instance, Integers, instance_of
from schools.matching.domain.outcome import objective_of, pairs_of, unmatched_of
from schools.matching.domain.problem import Problem, Scores
from schools.matching.domain.result import BlockingPair, Mode, Result, Stats


def solve_stably(problem: Problem) -> Result:
    """Return the stable result of a problem; the same for the same keys, facts and seed.

    :raises ProblemError: the problem is too large.
    """
    decided = {**dict(problem.locked), **placed_one_after_another(problem)}
    instance = instance_of(problem, decided)
    mentees_order = _ranked(instance, _wishes(problem.mentee_wishes, instance))
    mates = _accepted(instance, mentees_order, _wishes(problem.wishes, instance))
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


def _wishes(table: Scores | None, instance: Instance) -> NDArray[np.int16]:
    """Return a side's wishes over what is left to decide; without any, the fits."""
    if table is None:
        return instance.scores
    whole = np.asarray(table.values, dtype=np.int16).reshape(table.rows, table.columns)
    return whole[instance.rows].take(instance.columns, axis=1)


def _ranked(instance: Instance, wishes: NDArray[np.int16]) -> Callable[[int], Integers]:
    """Return what gives a row's allowed columns, the most wanted first, equals in the seed's order."""

    def ranked(row: int) -> Integers:
        order = np.argsort(-wishes[row].astype(np.int64), kind="stable")
        allowed: Integers = order[instance.scores[row][order] >= 0]
        return allowed

    return ranked


def _accepted(instance: Instance, ranked: Callable[[int], Integers], wishes: NDArray[np.int16]) -> dict[int, int]:
    """Return the column of each row that keeps one; among equals the earlier in the seed's order is wanted more."""
    kept: list[list[tuple[int, int]]] = [[] for _ in instance.columns]
    asking: dict[int, Iterator[int]] = {}
    waiting = list(range(len(instance.rows)))[::-1]
    while waiting:
        row = waiting.pop()
        if row not in asking:
            asking[row] = iter(ranked(row).tolist())
        column = next(asking[row], None)
        if column is None:
            continue
        heapq.heappush(kept[column], (int(wishes[row, column]), -row))
        if len(kept[column]) > instance.places[column]:
            waiting.append(-heapq.heappop(kept[column])[1])
    return {-row: column for column, rows in enumerate(kept) for _, row in rows}


def _blocking(problem: Problem, chosen: Mapping[str, str], decided: Mapping[str, str]) -> tuple[BlockingPair, ...]:
    """Return whoever would take a place that a locked pair or a group holds, and would be welcome there."""
    locked = dict(problem.locked)
    wishes, wanted = problem.wishes or problem.scores, problem.mentee_wishes or problem.scores
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
            if mentee in decided or problem.scores[row, column] < 0:
                continue
            has = wanted[row, problem.mentor_index[chosen[mentee]]] if mentee in chosen else -1
            if wanted[row, column] > has and wishes[row, column] > wish_of_worst:
                found.append(BlockingPair(mentee, mentor, worst, "locked" if worst in locked else "group"))
    return tuple(sorted(found, key=lambda pair: (pair.mentee, pair.mentor)))
