"""Minimum-cost flow over integers (OR-Tools), and the prices of its answer, which the library does not give.

OR-Tools is loaded on first use: only workers make runs, and web processes need not carry it.
"""

from __future__ import annotations

import numpy as np

from schools.matching.domain.instance import Instance, Integers

NOBODY = -1


class FlowError(RuntimeError):
    """The library refused an instance that has an answer, or its answer has no prices: a defect, never bad input."""


def min_cost_flow(
    tails: Integers, heads: Integers, capacities: Integers, costs: Integers, supplies: Integers
) -> Integers:
    """Return the flow on each arc of a cheapest flow that meets all ``supplies`` (one a node, sum 0).

    :raises FlowError: there is none, or costs overflow.
    """
    from ortools.graph.python import min_cost_flow as library

    network = library.SimpleMinCostFlow()
    arcs = network.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    network.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = network.solve()
    if status != network.OPTIMAL:
        raise FlowError(str(status))
    flows: Integers = network.flows(arcs)
    return flows


def best_mates(instance: Instance, rows: Integers, columns: Integers) -> Integers:
    """Return each row's column, or ``NOBODY``: the most pairs, then the best total, over the arcs given."""
    height, width = instance.shape
    outside = height + width
    worth = instance.weight + instance.scores[rows, columns].astype(np.int64)
    each, every = np.arange(height), np.arange(width)
    flows = min_cost_flow(
        np.concatenate([rows, each, height + every]),
        np.concatenate([height + columns, np.full(height, outside), np.full(width, outside)]),
        np.concatenate([np.ones(len(rows) + height, dtype=np.int64), instance.places]),
        np.concatenate([-worth, np.zeros(height + width, dtype=np.int64)]),
        np.concatenate([np.ones(height, dtype=np.int64), np.zeros(width, dtype=np.int64), [-height]]),
    )
    chosen = flows[: len(rows)] > 0
    mates = np.full(height, NOBODY, dtype=np.int64)
    mates[rows[chosen]] = columns[chosen]
    return mates


def prices_of(instance: Instance, rows: Integers, columns: Integers, mates: Integers) -> tuple[Integers, Integers]:
    """Return the lowest prices of columns, and with them of rows, under which ``mates`` is best over the arcs given.

    A mentor's price is at least what somebody without a mentor would bring, and at least the price of any mentor whose
    mentee would do better here by more than that: the least fixed point, reached from zero.

    :raises FlowError: ``mates`` is not best, so that no prices exist.
    """
    height, width = instance.shape
    matched = mates != NOBODY
    own = np.zeros(height, dtype=np.int64)
    own[matched] = instance.scores[np.flatnonzero(matched), mates[matched]]
    own[matched] += instance.weight
    order = np.argsort(columns, kind="stable")
    rows, columns = rows[order], columns[order]
    gains = instance.weight + instance.scores[rows, columns].astype(np.int64) - own[rows]
    paid_by = np.where(matched[rows], mates[rows], width)
    column_prices = np.zeros(width + 1, dtype=np.int64)  # the last one stands for having nobody, and costs nothing
    starts = np.flatnonzero(np.diff(columns, prepend=-1))
    seen = columns[starts]
    for _ in range(width + 2):
        if not len(starts):
            break
        wanted = np.maximum.reduceat(column_prices[paid_by] + gains, starts)
        rises = wanted > column_prices[seen]
        if not rises.any():
            break
        column_prices[seen[rises]] = wanted[rises]
    row_prices = np.where(matched, own - column_prices[np.where(matched, mates, width)], 0)
    taken = np.bincount(mates[matched], minlength=width)
    if (row_prices < 0).any() or (column_prices[:width][taken < instance.places] > 0).any():
        raise FlowError("no prices")
    return row_prices, column_prices[:width]


def potentials(
    tails: Integers, heads: Integers, capacities: Integers, costs: Integers, flows: Integers, nodes: int
) -> Integers:
    """Return distances in the residual network of a cheapest flow: for every arc with room, cost + tail - head ≥ 0.

    :raises FlowError: the flow is not a cheapest one (the residual network has a negative circle).
    """
    has_room, is_used = flows < capacities, flows > 0
    starts_at = np.concatenate([tails[has_room], heads[is_used]])
    ends_at = np.concatenate([heads[has_room], tails[is_used]])
    lengths = np.concatenate([costs[has_room], -costs[is_used]])
    distances = np.zeros(nodes, dtype=np.int64)
    if not len(lengths):
        return distances
    order = np.argsort(ends_at, kind="stable")
    starts_at, ends_at, lengths = starts_at[order], ends_at[order], lengths[order]
    firsts = np.flatnonzero(np.diff(ends_at, prepend=-1))
    seen = ends_at[firsts]
    for _ in range(nodes + 1):
        reached = np.minimum.reduceat(distances[starts_at] + lengths, firsts)
        falls = reached < distances[seen]
        if not falls.any():
            return distances
        distances[seen[falls]] = reached[falls]
    raise FlowError("negative circle")
