"""The optimal mode against trying everything, and the checker on every run: right results pass, broken ones do not."""

from __future__ import annotations

import pytest

from schools.matching.domain.checker import Proven, check
from schools.matching.domain.solver import solve
from tests.schools.matching.instances import best_rank, random_problem

FEWEST_PROVEN = 400


def _agree(seeds: range) -> int:
    """Solve, compare and check; return how many results were proven."""
    proven = 0
    for seed in seeds:
        problem = random_problem(seed, locked=seed % 2 == 1, groups=seed % 3 == 2)
        result = solve(problem)
        assert result.objective.rank == best_rank(problem), seed
        report = check(problem, result)
        assert report.is_right, (seed, report.faults)
        assert Proven.FAIRNESS in report.proven
        proven += 1
    return proven


def test_as_good_as_trying_everything():
    assert _agree(range(FEWEST_PROVEN)) == FEWEST_PROVEN


@pytest.mark.nightly
def test_as_good_as_trying_everything_many_times():
    assert _agree(range(1000, 21000)) == 20000
