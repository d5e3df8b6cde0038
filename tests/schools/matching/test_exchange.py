"""What a change by hand is said to cost is what a new run with the change fixed loses, to the point."""

from __future__ import annotations

import dataclasses
from collections import Counter

import pytest

from schools.matching.domain.exchange import (
    Exchange,
    Why,
    cost_of_pair,
    cost_of_parting,
    why_not,
    why_not_each,
    without_pair,
)
from schools.matching.domain.problem import Arc, Mentee, Mentor, Problem
from schools.matching.domain.result import Result
from schools.matching.domain.rules import HardRule
from schools.matching.domain.solver import solve
from schools.matching.domain.stable import solve_stably
from tests.schools.matching.instances import random_problem


def _after(problem: Problem, result: Result, exchange: Exchange, asked: str) -> dict[str, str]:
    """Return who has whom when the moves are made, having seen that no mentor has too many."""
    mentors = result.mentor_of()
    assert exchange.moves[0].mentee == asked
    for move in exchange.moves:
        assert mentors.pop(move.mentee, "") == move.before
        if move.after:
            mentors[move.mentee] = move.after
    taken = Counter(mentors.values())
    assert all(taken[mentor.key] <= mentor.capacity for mentor in problem.mentors)
    return mentors


def _compare(seeds: range) -> int:
    compared = 0
    for seed in seeds:
        problem = random_problem(seed, 5, locked=seed % 2 == 1)
        result = solve(problem)
        had = result.objective
        for mentee in (mentee.key for mentee in problem.mentees):
            parting = cost_of_parting(problem, result, mentee)
            if parting is not None:
                left = result.mentor_of()[mentee]
                then = solve(without_pair(problem, mentee, left)).objective
                assert (had.cover + parting.cover, had.total + parting.total) == (then.cover, then.total)
                assert _after(problem, result, parting, mentee).get(mentee) != left
                compared += 1
            answers = why_not_each(problem, result, mentee, [mentor.key for mentor in problem.mentors])
            for mentor, answer in answers.items():
                exchange = answer.exchange
                alone = why_not(problem, result, mentee, mentor)
                assert (alone.why, alone.rule) == (answer.why, answer.rule)
                if exchange is not None:
                    fixed = dataclasses.replace(problem, locked=(*problem.locked, (mentee, mentor)))
                    then = solve(fixed).objective
                    assert (had.cover + exchange.cover, had.total + exchange.total) == (then.cover, then.total)
                    after = _after(problem, result, exchange, mentee)
                    assert after[mentee] == mentor
                    assert sum(problem.fit(*pair) for pair in after.items()) == then.total
                    compared += 1
    return compared


def test_a_change_costs_what_a_new_run_loses():
    assert _compare(range(40)) >= 100


@pytest.mark.nightly
def test_a_change_costs_what_a_new_run_loses_many_times():
    assert _compare(range(1000, 3000)) >= 5000


@pytest.fixture
def two_by_two() -> Problem:
    arcs = [Arc("a", "x", 900), Arc("a", "y", 700), Arc("b", "x", 800), Arc("b", "y", 100)]
    people = [Mentee("a"), Mentee("b"), Mentee("c")], [Mentor("x"), Mentor("y"), Mentor("z", 0)]
    return Problem.from_arcs(*people, arcs, forbidden={("c", "x"): HardRule.OWN_CHILD, ("c", "y"): HardRule.BANNED})


def test_why_not_answers_everything(two_by_two: Problem):
    result = solve(two_by_two)
    assert result.mentor_of() == {"a": "y", "b": "x"}
    assert why_not(two_by_two, result, "a", "y").why is Why.CHOSEN
    assert why_not(two_by_two, result, "c", "x").rule is HardRule.OWN_CHILD
    assert why_not(two_by_two, result, "a", "z").rule is HardRule.NO_PLACES
    answer = why_not(two_by_two, result, "a", "x")
    assert answer.why is Why.WORSE
    assert answer.exchange is not None
    assert (answer.exchange.cover, answer.exchange.total) == (0, -500)
    assert cost_of_pair(two_by_two, result, "a", "y") == Exchange((), 0, 0)


def test_why_not_of_the_stable_mode(two_by_two: Problem):
    result = solve_stably(two_by_two)
    assert result.mentor_of() == {"a": "x", "b": "y"}
    assert why_not(two_by_two, result, "b", "x").why is Why.MENTOR_HAS_BETTER
    assert why_not(two_by_two, result, "a", "y").why is Why.MENTEE_HAS_BETTER


def test_in_the_stable_mode_nobody_is_said_to_be_preferred_who_only_is_locked():
    """The one who is locked is held, whatever he would rather have; a place that a lock holds is not won by a wish."""
    arcs = [Arc("a", "x", 100), Arc("a", "y", 900), Arc("b", "x", 900)]
    people = [Mentee("a"), Mentee("b")], [Mentor("x"), Mentor("y")]
    problem = Problem.from_arcs(*people, arcs, locked=[("a", "x")], forbidden={("b", "y"): HardRule.BANNED})
    result = solve_stably(problem)
    assert why_not(problem, result, "a", "y").why is Why.HELD
    assert why_not(problem, result, "b", "x").why is Why.PLACES_HELD
    assert why_not(problem, result, "b", "y").rule is HardRule.BANNED


def test_who_is_locked_is_held(two_by_two: Problem):
    locked = dataclasses.replace(two_by_two, locked=(("a", "x"),))
    result = solve(locked)
    assert why_not(locked, result, "a", "y").why is Why.HELD
    assert why_not(locked, result, "b", "x").why is Why.PLACES_HELD
    assert cost_of_parting(locked, result, "a") is None
