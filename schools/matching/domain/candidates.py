"""Which pairs the flow looks at: the best of each mentee and a few spread ones; then every omitted pair is priced."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from schools.matching.domain.instance import Instance, Integers

# A few less than the fifty that a mentee may have: pairs are added where pricing finds better ones.
_BEST, _SPREAD = 38, 8
MOST_AT_FIRST = _BEST + _SPREAD
_FORBIDDEN = -32_000
_SAMPLE, _GUESSES = 250, 30
_SOFTEST, _SHARPEST = 50, 4
"""Points of fit within which two mentors are as good as one another to somebody who asks."""
_NEARLY = 60
_CELLS_AT_ONCE = 500_000
_ADDED_AT_ONCE = 8

_LOWEST = -(2**31)
_NOTHING = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)

Arcs = tuple[Integers, Integers]


def first_arcs(instance: Instance) -> Arcs:
    """Return at most ``MOST_AT_FIRST`` allowed pairs a row: the best after likely prices, and some spread ones.

    The spread ones see to it that the most mentees find a place even where everybody fits everybody alike.
    """
    height, width = instance.shape
    if width <= MOST_AT_FIRST:
        rows, columns = np.nonzero(instance.scores >= 0)
        return rows.astype(np.int64), columns.astype(np.int64)
    likely = likely_prices(instance)
    best = np.empty((height, _BEST), dtype=np.int64)
    for at, block in blocks(instance):
        left = block - likely
        np.putmask(left, block < 0, _FORBIDDEN)
        best[at : at + len(block)] = np.argpartition(left, width - _BEST, axis=1)[:, width - _BEST :]
    spread = (np.arange(height)[:, None] + np.arange(_SPREAD) * (width // _SPREAD)) % width
    chosen = np.concatenate([best, spread], axis=1)
    flat = np.unique(np.arange(height, dtype=np.int64)[:, None] * width + chosen)
    rows, columns = flat // width, flat % width
    allowed = instance.scores[rows, columns] >= 0
    return rows[allowed], columns[allowed]


def likely_prices(instance: Instance) -> NDArray[np.int16]:
    """Return a guess at the price of each column: what those in demand cost beyond the others.

    A few hundred rows ask softly, prices rise where more is asked than there are places, and the asking gets sharper.
    Only a guess: it decides which pairs the flow sees first, never what is best.
    """
    height, width = instance.shape
    sample = instance.scores[: min(height, _SAMPLE)].astype(np.float32)
    np.putmask(sample, sample < 0, np.float32(2 * _FORBIDDEN))
    places = (instance.places * (len(sample) / height)).astype(np.float32)
    prices = np.zeros(width, dtype=np.float32)
    share = np.empty_like(sample)
    for softness in np.geomspace(_SOFTEST, _SHARPEST, _GUESSES).astype(np.float32):
        np.subtract(sample, prices, out=share)
        share -= share.max(axis=1, keepdims=True)
        share /= softness
        np.exp(share, out=share)
        asked = (1 / share.sum(axis=1)) @ share
        prices += softness * np.log(np.maximum(asked, np.float32(1e-6)) / places)
        np.maximum(prices - max(prices.min(), 0), 0, out=prices)
    rounded: NDArray[np.int16] = np.minimum(np.rint(prices), -_FORBIDDEN // 2).astype(np.int16)
    return rounded


def violated_arcs(instance: Instance, row_prices: Integers, column_prices: Integers) -> Arcs:
    """Return, for each row, the allowed pairs that are worth most above their two prices; empty when none is.

    Every pair is priced, whether the flow has seen it or not.
    """
    found = [_NOTHING]
    columns_cost, rows_cost = narrow(column_prices), narrow(row_prices - instance.weight)
    for at, block in blocks(instance):
        above = block - columns_cost
        suspects = np.flatnonzero(above.max(axis=1, initial=_LOWEST) > rows_cost[at : at + len(block)])
        if len(suspects):
            part = above[suspects] - rows_cost[at + suspects, None]
            rows, columns = np.nonzero((part > 0) & (block[suspects] >= 0))
            found.append(most_of_rows(suspects[rows] + at, columns, part[rows, columns]))
    rows, columns = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows, columns


def narrow(prices: Integers) -> NDArray[np.int32] | Integers:
    """Return prices in half the width when they fit, which halves the time that pricing every pair takes."""
    return prices.astype(np.int32) if np.abs(prices).max(initial=0) < -_LOWEST // 2 else prices


def blocks(instance: Instance) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Yield the table in pieces of whole rows that fit a processor's cache and a small server's memory."""
    height, width = instance.shape
    step = max(1, _CELLS_AT_ONCE // max(1, width))
    for at in range(0, max(1, height), step):
        yield at, instance.scores[at : at + step]


def most_of_rows(rows: Integers, columns: Integers, above: Integers) -> Arcs:
    """Return the few entries of each row with the greatest ``above``."""
    order = np.lexsort((columns, -above.astype(np.int64), rows))
    rows, columns = rows[order], columns[order]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    rank = np.arange(len(rows)) - np.repeat(first, np.diff(first, append=len(rows)))
    return rows[rank < _ADDED_AT_ONCE], columns[rank < _ADDED_AT_ONCE]


def nearly_best(instance: Instance, arcs: Arcs, row_prices: Integers, column_prices: Integers) -> Arcs:
    """Return the arcs that are worth nearly their prices: a next solve of few arcs is quick, and none is lost for good.

    What is left out here is priced like every other pair, and comes back when it is worth more than its prices.
    """
    rows, columns = arcs
    short = row_prices[rows] + column_prices[columns] - instance.scores[rows, columns] - instance.weight
    return rows[short <= _NEARLY], columns[short <= _NEARLY]


def joined(instance: Instance, first: Arcs, second: Arcs) -> Arcs:
    """Return the arcs of both, each once, sorted."""
    width = instance.shape[1]
    flat = np.union1d(first[0] * width + first[1], second[0] * width + second[1])
    return flat // width, flat % width
