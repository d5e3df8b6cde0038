"""Pairs that the flow has not seen: priced, added and solved again; and what the checker says when that is left out."""

from __future__ import annotations

import random
from array import array

import numpy as np
import pytest

from schools.matching.domain import candidates, solver
from schools.matching.domain.checker import Fault, check
from schools.matching.domain.problem import Mentee, Mentor, Problem, Scores

ROWS, COLUMNS = 50, 60


def _where_all_want_the_same(seed: int, places: int) -> Problem:
    dice = random.Random(seed)
    popular = [dice.randrange(600) for _ in range(COLUMNS)]
    values = [min(1000, popular[at % COLUMNS] + dice.randrange(400)) for at in range(ROWS * COLUMNS)]
    values = [-1 if dice.random() < 0.1 else value for value in values]
    mentors = tuple(Mentor(f"o{at}", int(at < places)) for at in range(COLUMNS))
    return Problem(tuple(Mentee(f"e{at}") for at in range(ROWS)), mentors, Scores(ROWS, COLUMNS, array("h", values)))


@pytest.fixture
def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the flow see three pairs a mentee at first instead of fifty, and no good ones."""
    monkeypatch.setattr(candidates, "MOST_AT_FIRST", 3)
    monkeypatch.setattr(candidates, "_BEST", 2)
    monkeypatch.setattr(candidates, "_SPREAD", 1)
    monkeypatch.setattr(candidates, "likely_prices", lambda instance: np.zeros(instance.shape[1], dtype=np.int16))


@pytest.mark.usefixtures("few_candidates")
@pytest.mark.parametrize(("seed", "places"), [(1, COLUMNS), (2, ROWS), (3, 20)])
def test_omitted_pairs_are_added_until_none_is_violated(seed: int, places: int, monkeypatch: pytest.MonkeyPatch):
    """From three candidates a mentee to the same worth as from all pairs at once, with places to spare and without."""
    problem = _where_all_want_the_same(seed, places)
    found = solver.solve(problem)
    assert found.stats.candidate_arcs <= 3 * ROWS
    assert found.stats.rounds > 1
    assert check(problem, found).is_right
    monkeypatch.setattr(candidates, "MOST_AT_FIRST", COLUMNS)
    whole = solver.solve(problem)
    assert whole.stats.rounds == 1
    assert found.objective == whole.objective


@pytest.mark.usefixtures("few_candidates")
def test_the_checker_refuses_a_solver_that_looks_at_candidates_alone(monkeypatch: pytest.MonkeyPatch):
    nothing = np.empty(0, dtype=np.int64)
    monkeypatch.setattr(solver, "violated_arcs", lambda *_: (nothing, nothing))
    problem = _where_all_want_the_same(1, COLUMNS)
    report = check(problem, solver.solve(problem))
    assert Fault.PRICE in report.faults
    assert report.proven == ()


def test_prices_hold_in_wide_and_narrow_numbers():
    """Pricing in 32 bits and in 64 finds the same pairs."""
    problem = _where_all_want_the_same(4, 20)
    instance = solver.instance_of(problem, {})
    rows = np.arange(len(instance.rows), dtype=np.int64) % 7 * 100
    columns = np.full(instance.shape[1], instance.weight, dtype=np.int64)
    found = candidates.violated_arcs(instance, rows, columns)
    far = 2**40
    wide = candidates.violated_arcs(instance, rows - far, columns + far)
    assert len(found[0]) > 0
    assert all((one == other).all() for one, other in zip(found, wide, strict=True))


def test_the_order_of_people_does_not_matter_where_candidates_are_guessed():
    problem = _where_all_want_the_same(6, COLUMNS)
    turned = Problem(problem.mentees[::-1], problem.mentors[::-1], Scores(ROWS, COLUMNS, problem.scores.values[::-1]))
    result = solver.solve(problem)
    assert result.stats.candidate_arcs < result.stats.allowed_pairs
    assert solver.solve(turned) == result
