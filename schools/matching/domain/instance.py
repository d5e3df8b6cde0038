"""What a run is free to decide, as arrays: shuffled by the seed, so that ties fall by it alone."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schools.matching.domain.problem import FULL_FIT, Problem, ProblemError

Integers = NDArray[np.int64]
_COST_LIMIT = 2**61
"""OR-Tools multiplies a cost by the number of nodes and must stay within 64 bits; a factor of four is left."""


@dataclass(frozen=True)
class Instance:
    """Free mentees (rows), mentors with free places (columns) and what each pair of them scores (below 0: forbidden).

    ``rows`` and ``columns`` are places in the problem. ``weight`` is what a pair is worth beside its fit: more than all
    the fits of a result together.
    """

    rows: Integers
    columns: Integers
    places: Integers
    scores: NDArray[np.int16]
    weight: int

    @property
    def shape(self) -> tuple[int, int]:
        """Return the number of free mentees and of mentors with free places."""
        return len(self.rows), len(self.columns)


def instance_of(problem: Problem, decided: Mapping[str, str]) -> Instance:
    """Return what is left to decide when the mentees of ``decided`` have the mentors given there, or nobody ("").

    :raises ProblemError: ``too_large`` when exact arithmetic in 64 bits is not sure.
    """
    places = np.array([mentor.capacity for mentor in problem.mentors], dtype=np.int64)
    for mentor in filter(None, decided.values()):
        places[problem.mentor_index[mentor]] -= 1
    shuffle = random.Random(problem.seed)  # noqa: S311 - ties, not secrets
    mentees = sorted(mentee.key for mentee in problem.mentees if mentee.key not in decided)
    mentors = sorted(mentor.key for at, mentor in enumerate(problem.mentors) if places[at] > 0)
    shuffle.shuffle(mentees)
    shuffle.shuffle(mentors)
    rows = np.array([problem.mentee_index[key] for key in mentees], dtype=np.int64)
    columns = np.array([problem.mentor_index[key] for key in mentors], dtype=np.int64)
    table = np.frombuffer(problem.scores.values, dtype=np.int16) if problem.scores.values else np.empty(0, np.int16)
    scores = table.reshape(problem.scores.rows, problem.scores.columns)[rows].take(columns, axis=1)
    most = min(len(rows), int(places[columns].sum()))
    weight = FULL_FIT * most + 1
    if (weight + FULL_FIT) * (len(rows) + len(columns) + 2) > _COST_LIMIT or most * FULL_FIT**2 > _COST_LIMIT >> 24:
        raise ProblemError("too_large")
    return Instance(rows, columns, places[columns], scores, weight)
