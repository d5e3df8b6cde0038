"""Of all results that are equally good, the fairest: the worst fit as high as can be, as few there as can be, even.

The results that are equally good are those that use only pairs worth exactly their two prices and leave nobody with a
price out (complementary slackness; it holds for every best result with any best prices). Among them another flow, whose
costs are the shortfalls, finds the fairest, and its prices prove it in the same way as the first ones prove the total.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from schools.matching.domain.candidates import Arcs, blocks, joined, most_of_rows, narrow
from schools.matching.domain.flow import NOBODY, min_cost_flow, potentials
from schools.matching.domain.instance import Instance, Integers
from schools.matching.domain.problem import FULL_FIT


@dataclass(frozen=True)
class Fairest:
    """The fairest result and its prices; ``weight`` is what a pair at the worst fit costs beside its shortfall."""

    mates: Integers
    weight: int
    row_prices: Integers
    column_prices: Integers
    rounds: int


def fairest(instance: Instance, arcs: Arcs, mates: Integers, prices: tuple[Integers, Integers]) -> Fairest:
    """Return the fairest of all best results; ``prices`` prove ``mates`` best over every allowed pair.

    Lifts the worst step by step until somebody must stay there; pairs that were no candidates join when their fair
    price asks for them.
    """
    height = instance.shape[0]
    weight = FULL_FIT**2 * (height + 1) + 1
    tight = _tight(instance, arcs, prices)
    bound, rounds = _worst(instance, mates), 0
    while True:
        rounds += 1
        usable = instance.scores[tight] >= bound
        used = tight[0][usable], tight[1][usable]
        mates, row_prices, column_prices = _solve(instance, used, prices, bound, weight)
        if (worst := _worst(instance, mates)) > bound:
            bound = worst
            continue
        missing = _missing(instance, prices, (row_prices, column_prices), bound, weight)
        if not len(missing[0]):
            return Fairest(mates, weight, row_prices, column_prices, rounds)
        tight = joined(instance, tight, missing)


def _tight(instance: Instance, arcs: Arcs, prices: tuple[Integers, Integers]) -> Arcs:
    rows, columns = arcs
    exact = prices[0][rows] + prices[1][columns] == instance.weight + instance.scores[rows, columns].astype(np.int64)
    return rows[exact], columns[exact]


def _cost(scores: Integers, bound: int, weight: int) -> Integers:
    return np.where(scores <= bound, weight, 0) + (FULL_FIT - scores) ** 2


def _worst(instance: Instance, mates: Integers) -> int:
    """Return the lowest fit; without any pair, the highest there could be."""
    matched = np.flatnonzero(mates != NOBODY)
    return int(instance.scores[matched, mates[matched]].min(initial=FULL_FIT))


def _solve(
    instance: Instance, arcs: Arcs, prices: tuple[Integers, Integers], bound: int, weight: int
) -> tuple[Integers, Integers, Integers]:
    """Solve among best results: whoever has a price is in, everybody else comes from outside and may stay there."""
    height, width = instance.shape
    outside = height + width
    rows, columns = arcs
    must_row, must_column = prices[0] > 0, prices[1] > 0
    free_rows, free_columns = np.flatnonzero(~must_row), np.flatnonzero(~must_column)
    supplies = np.concatenate([must_row.astype(np.int64), np.where(must_column, -instance.places, 0), [0]])
    supplies[outside] = -supplies.sum()
    tails = np.concatenate([rows, np.full(len(free_rows), outside), height + free_columns])
    heads = np.concatenate([height + columns, free_rows, np.full(len(free_columns), outside)])
    capacities = np.concatenate([np.ones(len(rows) + len(free_rows), dtype=np.int64), instance.places[free_columns]])
    costs = np.zeros(len(tails), dtype=np.int64)
    costs[: len(rows)] = _cost(instance.scores[rows, columns].astype(np.int64), bound, weight)
    flows = min_cost_flow(tails, heads, capacities, costs, supplies)
    chosen = flows[: len(rows)] > 0
    mates = np.full(height, NOBODY, dtype=np.int64)
    mates[rows[chosen]] = columns[chosen]
    distance = potentials(tails, heads, capacities, costs, flows, outside + 1)
    row_prices = distance[:height] - distance[outside]
    column_prices = distance[outside] - distance[height:outside]
    row_prices[~must_row] = np.maximum(row_prices[~must_row], 0)
    column_prices[~must_column] = np.maximum(column_prices[~must_column], 0)
    return mates, row_prices, column_prices


def _missing(
    instance: Instance, prices: tuple[Integers, Integers], fair: tuple[Integers, Integers], bound: int, weight: int
) -> Arcs:
    """Return pairs of equally good results that would make the result fairer, as the fair prices see it."""
    gains = -_cost(np.arange(FULL_FIT + 1, dtype=np.int64), bound, weight)
    columns_cost, rows_cost = narrow(prices[1]), narrow(prices[0] - instance.weight)
    found = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))]
    for at, block in blocks(instance):
        is_best = (block - columns_cost == rows_cost[at : at + len(block), None]) & (block >= bound)
        rows, columns = np.nonzero(is_best)
        above = gains[block[rows, columns]] - fair[0][at + rows] - fair[1][columns]
        is_missing = above > 0
        found.append(most_of_rows(at + rows[is_missing], columns[is_missing], above[is_missing]))
    rows, columns = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, columns
