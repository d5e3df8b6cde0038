"""What one would do without this engine: take the best pair first, or solve the whole dense table with SciPy."""

from __future__ import annotations

import heapq

import numpy as np
from scipy.optimize import linear_sum_assignment

from schools.matching.domain.problem import FULL_FIT, Problem

Mates = dict[int, int]


def table_of(problem: Problem) -> np.ndarray:
    """Return the scores as a table, shared with the question."""
    return np.frombuffer(problem.scores.values, dtype=np.int16).reshape(problem.scores.rows, problem.scores.columns)


def greedy(problem: Problem) -> Mates:
    """Take, again and again, the best pair of a free mentee and a mentor with a place."""
    table = table_of(problem)
    order = np.argsort(-table, axis=1, kind="stable")
    left = [mentor.capacity for mentor in problem.mentors]
    at = [0] * len(table)
    queue = [(-int(table[row, order[row, 0]]), row) for row in range(len(table))]
    heapq.heapify(queue)
    mates: Mates = {}
    while queue:
        worth, row = heapq.heappop(queue)
        if worth > 0 or (worth == 0 and table[row, order[row, at[row]]] < 0):
            continue
        column = int(order[row, at[row]])
        if left[column]:
            left[column] -= 1
            mates[row] = column
        elif at[row] + 1 < table.shape[1]:
            at[row] += 1
            following = int(table[row, order[row, at[row]]])
            if following >= 0:
                heapq.heappush(queue, (-following, row))
    return mates


def dense(problem: Problem) -> Mates:
    """Solve the whole table with ``linear_sum_assignment``, a column for each place; forbidden is worth nothing."""
    table = table_of(problem)
    owners = np.repeat(np.arange(table.shape[1]), [mentor.capacity for mentor in problem.mentors])
    weight = FULL_FIT * min(len(table), len(owners)) + 1
    worth = np.where(table >= 0, table + float(weight), 0.0)[:, owners]
    rows, places = linear_sum_assignment(worth, maximize=True)
    columns = owners[places]
    allowed = table[rows, columns] >= 0
    return dict(zip(rows[allowed].tolist(), columns[allowed].tolist(), strict=True))
