"""Which pairs the flow looks at: the best of each mentee and a few spread ones; then every omitted pair is priced."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from schools.matching.domain.instance import Instance, Integers

MOST_AT_FIRST = 50
_BEST, _SPREAD = 40, 10
_CELLS_AT_ONCE = 2_000_000
_ADDED_AT_ONCE = 8

Arcs = tuple[Integers, Integers]


def first_arcs(instance: Instance) -> Arcs:
    """Return at most ``MOST_AT_FIRST`` allowed pairs a row: the best fits, and some spread over all columns.

    The spread ones see to it that the most mentees find a place even where everybody wants the same few mentors.
    """
    height, width = instance.shape
    if width <= MOST_AT_FIRST:
        return _arcs(np.nonzero(instance.scores >= 0), width)
    best = np.argpartition(instance.scores, width - _BEST, axis=1)[:, width - _BEST :]
    step = np.arange(height, dtype=np.int64)[:, None] * _SPREAD + np.arange(_SPREAD) * (width // _SPREAD + 1)
    chosen = np.concatenate([best, step % width], axis=1)
    flat = np.unique(np.arange(height, dtype=np.int64)[:, None] * width + chosen)
    rows, columns = flat // width, flat % width
    allowed = instance.scores[rows, columns] >= 0
    return rows[allowed], columns[allowed]


def violated_arcs(instance: Instance, row_prices: Integers, column_prices: Integers) -> Arcs:
    """Return, for each row, the allowed pairs that are worth most above their two prices; empty when none is.

    Every pair is priced, whether the flow has seen it or not.
    """
    found_rows, found_columns = [], []
    wide = column_prices.astype(np.int64)
    for at, block in blocks(instance):
        above = block - wide
        above -= (row_prices[at : at + len(block)] - instance.weight)[:, None]
        above[block < 0] = 0
        rows, columns = worst_of_rows(above)
        found_rows.append(rows + at)
        found_columns.append(columns)
    return np.concatenate(found_rows), np.concatenate(found_columns)


def blocks(instance: Instance) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Yield the table in pieces of whole rows that fit a processor's cache and a small server's memory."""
    height, width = instance.shape
    step = max(1, _CELLS_AT_ONCE // max(1, width))
    for at in range(0, max(1, height), step):
        yield at, instance.scores[at : at + step]


def worst_of_rows(above: Integers) -> Arcs:
    """Return the few greatest positive entries of each row of a table, as rows and columns of it."""
    rows = np.flatnonzero((above > 0).any(axis=1))
    few = min(_ADDED_AT_ONCE, above.shape[1])
    if not len(rows):
        return rows, rows
    part = above[rows]
    columns = np.argpartition(part, above.shape[1] - few, axis=1)[:, above.shape[1] - few :]
    positive = np.take_along_axis(part, columns, axis=1) > 0
    return np.repeat(rows, positive.sum(axis=1)), columns[positive]


def joined(instance: Instance, first: Arcs, second: Arcs) -> Arcs:
    """Return the arcs of both, each once, sorted."""
    width = instance.shape[1]
    flat = np.union1d(first[0] * width + first[1], second[0] * width + second[1])
    return flat // width, flat % width


def _arcs(found: tuple[NDArray[np.intp], ...], width: int) -> Arcs:
    return found[0].astype(np.int64), found[1].astype(np.int64)
