"""Questions like those of a school, a college and a district: subjects, popular mentors, choices after a meeting."""

from __future__ import annotations

from array import array

import numpy as np

from schools.matching.domain.problem import FULL_FIT, Mentee, Mentor, Problem, Scores
from schools.matching.domain.rules import HardRule, mark_of

SUBJECTS = 8
CHOICES = (200, 150, 100)


def question(rows: int, columns: int, seed: int = 20) -> Problem:
    """Return a question in which places are a little more than mentees and every tenth pair is forbidden."""
    dice = np.random.default_rng(seed)
    asked, offered = dice.random((rows, SUBJECTS)), dice.random((columns, SUBJECTS))
    fits = 100 + asked @ offered.T * 120 + dice.integers(0, 200, columns)
    for points in CHOICES:
        fits[np.arange(rows), dice.integers(0, columns, rows)] += points
    marks = np.clip(fits, 0, FULL_FIT).astype(np.int16)
    marks[dice.random((rows, columns)) < 0.1] = mark_of(HardRule.BANNED)
    values = array("h")
    values.frombytes(marks.tobytes())
    most = max(1, round(2.2 * rows / columns))
    places = dice.integers(1, most + 1, columns).tolist()
    return Problem(
        tuple(Mentee(f"e{at:05}") for at in range(rows)),
        tuple(Mentor(f"o{at:05}", capacity) for at, capacity in enumerate(places)),
        Scores(rows, columns, values),
    )
