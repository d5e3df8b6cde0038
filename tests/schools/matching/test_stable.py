"""The stable mode: nobody would rather have each other; what a locked pair or a group forces is listed."""

from __future__ import annotations

import dataclasses

import pytest

from schools.matching.domain.checker import Fault, Proven, check
from schools.matching.domain.problem import Arc, Mentee, Mentor, Problem
from schools.matching.domain.result import BlockingPair
from schools.matching.domain.stable import solve_stably
from tests.schools.matching.instances import random_problem


def _run(seeds: range) -> tuple[int, int]:
    """Solve and check; return how many results had no rule to yield to, and how many pairs blocked elsewhere."""
    without_rules = forced = 0
    for seed in seeds:
        problem = random_problem(seed, locked=seed % 2 == 1, groups=seed % 3 == 2, wishes=seed % 5 < 3)
        result = solve_stably(problem)
        report = check(problem, result)
        assert report.proven == (Proven.STABLE,), (seed, report.faults)
        forced += len(result.blocking)
        if not problem.locked and not problem.groups:
            assert result.blocking == ()
            without_rules += 1
    return without_rules, forced


def test_no_blocking_pair_where_rules_permit():
    without_rules, forced = _run(range(400))
    assert without_rules >= 100
    assert forced >= 10


@pytest.mark.nightly
def test_no_blocking_pair_in_many_runs():
    assert _run(range(1000, 21000))[0] >= 5000


def test_a_locked_place_is_named():
    arcs = [Arc("a", "x", 100), Arc("b", "x", 900)]
    problem = Problem.from_arcs([Mentee("a"), Mentee("b")], [Mentor("x")], arcs, locked=[("a", "x")])
    result = solve_stably(problem)
    assert result.blocking == (BlockingPair("b", "x", "a", "locked"),)
    hidden = dataclasses.replace(result, blocking=())
    assert check(problem, hidden).faults == (Fault.BLOCKING,)


def test_the_checker_sees_an_unstable_result():
    arcs = [Arc("a", "x", 900), Arc("a", "y", 100), Arc("b", "x", 100), Arc("b", "y", 50)]
    problem = Problem.from_arcs([Mentee("a"), Mentee("b")], [Mentor("x"), Mentor("y")], arcs)
    stable = solve_stably(problem)
    assert stable.mentor_of() == {"a": "x", "b": "y"}
    swapped = tuple(
        dataclasses.replace(pair, mentor=to, score=problem.fit(pair.mentee, to))
        for pair, to in zip(stable.pairs, ("y", "x"), strict=True)
    )
    worth = dataclasses.replace(stable.objective, total=200, worst=100, at_worst=2, unevenness=2 * 900**2)
    assert check(problem, dataclasses.replace(stable, pairs=swapped, objective=worth)).faults == (Fault.BLOCKING,)
