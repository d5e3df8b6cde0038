"""Where groups go. A flow cannot keep people together, so places of groups are decided before it, and compared."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from schools.matching.domain.problem import Group, Problem

MOST_COMPARED = 200
"""Placings that are solved and compared; of large tables fewer, so that groups do not make a run take minutes."""
_CELLS_COMPARED = 20_000_000


@dataclass(frozen=True)
class Placings:
    """Ways to place the groups, as mentor by mentee, "" for nobody.

    ``are_all`` when every way that the rules allow is among them.
    """

    ways: tuple[dict[str, str], ...]
    are_all: bool

    def __iter__(self) -> Iterator[dict[str, str]]:
        return iter(self.ways)


def placings(problem: Problem) -> Placings:
    """Return the ways to place the groups that no lock has placed: all of them, or the likely ones.

    Likely: each group with one of the mentors whom its members fit best, and large groups first, one after another.
    """
    free, groups = _free_places(problem), _groups_to_place(problem)
    most = max(1, min(MOST_COMPARED, _CELLS_COMPARED // max(1, problem.scores.rows * problem.scores.columns)))
    options = [["", *_mentors_of(problem, group, free)] for group in groups]
    if math.prod(map(len, options)) <= most:
        return Placings(tuple(_ways(groups, options, free)), are_all=True)
    each = int(most ** (1 / len(groups)))
    likely = [option[1 : each + 1] or [""] for option in options]
    ways = _ways(groups, likely, free) if each > 1 else []
    return Placings((placed_one_after_another(problem), *ways), are_all=False)


def _ways(groups: list[Group], options: list[list[str]], free: Counter[str]) -> list[dict[str, str]]:
    """Return every combination of options in which no mentor gets more than his places."""
    ways = [
        {mentee: mentor for group, mentor in zip(groups, way, strict=True) for mentee in group.mentees}
        for way in itertools.product(*options)
    ]
    return [way for way in ways if not _overrun(way, free)]


def _free_places(problem: Problem) -> Counter[str]:
    free = Counter({mentor.key: mentor.capacity for mentor in problem.mentors})
    free.subtract(mentor for _, mentor in problem.locked)
    return free


def _overrun(way: dict[str, str], free: Counter[str]) -> bool:
    return any(taken > free[mentor] for mentor, taken in Counter(filter(None, way.values())).items())


def _mentors_of(problem: Problem, group: Group, free: Counter[str]) -> list[str]:
    """Return the mentors who may take a whole group, the best total fit first."""
    rows = [problem.mentee_index[key] for key in group.mentees]
    able = [
        (-sum(problem.scores[row, at] for row in rows), mentor.key)
        for at, mentor in enumerate(problem.mentors)
        if free[mentor.key] >= len(rows) and all(problem.scores[row, at] >= 0 for row in rows)
    ]
    return [key for _, key in sorted(able)]


def _groups_to_place(problem: Problem) -> list[Group]:
    locked = dict(problem.locked)
    return [group for group in problem.groups if not locked.keys() & set(group.mentees)]


def placed_one_after_another(problem: Problem) -> dict[str, str]:
    """Return mentor by mentee, "" for nobody: large groups first, each with the best who has places for all of it."""
    way: dict[str, str] = {}
    left = _free_places(problem)
    for group in sorted(_groups_to_place(problem), key=lambda group: (-len(group.mentees), group.key)):
        mentor = next(iter(_mentors_of(problem, group, left)), "")
        way.update(dict.fromkeys(group.mentees, mentor))
        left[mentor] -= len(group.mentees)
    return way
