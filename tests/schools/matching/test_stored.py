"""What is kept of a run says the same when it is read again: the question of either mode, the answer, the proof."""

from __future__ import annotations

import pytest

from schools.matching.domain.checker import check
from schools.matching.domain.result import Mode
from schools.matching.domain.solver import solve
from schools.matching.domain.stable import solve_stably
from schools.matching.models import Run
from schools.matching.stored import store_problem, store_result, stored_problem, stored_result
from tests.schools.matching.instances import random_problem


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("seed", [1, 5, 7])
def test_a_run_is_read_again_as_it_was(mode: Mode, seed: int):
    problem = random_problem(seed, locked=True, wishes=mode is Mode.STABLE)
    result = solve_stably(problem) if mode is Mode.STABLE else solve(problem)
    run = Run(mode=mode)
    store_problem(run, problem)
    store_result(run, result)
    again, answer = stored_problem(run), stored_result(run)
    for table in ("scores", "wishes", "mentee_wishes"):
        before, after = getattr(problem, table), getattr(again, table)
        assert (before and before.values) == (after and after.values)
    assert (answer.pairs, answer.objective, answer.certificate) == (result.pairs, result.objective, result.certificate)
    assert check(again, answer) == check(problem, result)
    assert check(again, answer).is_right
