"""The optimal mode against trying everything, and the checker on every run: right results pass, broken ones do not."""

from __future__ import annotations

import dataclasses
import random
from array import array
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schools.matching.domain.checker import Fault, Proven, check
from schools.matching.domain.problem import Arc, Group, Mentee, Mentor, Problem, ProblemError, Scores
from schools.matching.domain.result import Certificate, Result, Unmatched, WhyUnmatched
from schools.matching.domain.rules import HardRule
from schools.matching.domain.solver import solve
from tests.schools.matching.instances import best_rank, best_rank_by_stages, random_problem

BY_DAY = 400


def _agree(seed: int) -> None:
    problem = random_problem(seed, locked=seed % 2 == 1, groups=seed % 3 == 2)
    result = solve(problem)
    assert result.objective.rank == best_rank(problem), seed
    report = check(problem, result)
    assert report.is_right, (seed, report.faults)
    assert report.proven[:3] == (Proven.COVER, Proven.TOTAL, Proven.FAIRNESS)


def test_as_good_as_trying_everything():
    for seed in range(BY_DAY):
        _agree(seed)


@pytest.mark.nightly
def test_as_good_as_trying_everything_many_times():
    for seed in range(1000, 11000):
        _agree(seed)


@st.composite
def _tables(draw: st.DrawFn) -> Problem:
    """Yield questions of up to 6 × 6 as Hypothesis likes them, so that a failure shrinks to the smallest."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    fits = st.integers(-13, 3) | st.integers(0, 1000)
    values = draw(st.lists(fits, min_size=rows * columns, max_size=rows * columns))
    places = draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns))
    mentors = tuple(Mentor(f"o{at}", capacity) for at, capacity in enumerate(places))
    mentees = tuple(Mentee(f"e{at}") for at in range(rows))
    return Problem(mentees, mentors, Scores(rows, columns, array("h", values)), seed=draw(st.integers(0, 3)))


def _is_best(problem: Problem) -> None:
    result = solve(problem)
    assert result.objective.rank == best_rank_by_stages(problem)
    assert check(problem, result).is_right


@settings(max_examples=30)
@given(_tables())
def test_as_good_as_trying_everything_shrinking(problem: Problem):
    _is_best(problem)


@pytest.mark.nightly
@settings(max_examples=3000)
@given(_tables())
def test_as_good_as_trying_everything_shrinking_many_times(problem: Problem):
    _is_best(problem)


def test_both_ways_to_try_everything_agree():
    for seed in range(60):
        problem = random_problem(seed, most=4)
        assert best_rank_by_stages(problem) == best_rank(problem), seed


def _mutants(problem: Problem, result: Result, dice: random.Random) -> Iterator[Result]:
    """Yield results in which one thing is broken: a price, a pair, a figure, a list."""
    proof = result.certificate
    assert proof is not None
    for name in ("mentees", "mentors", "fair_mentees", "fair_mentors"):
        prices = getattr(proof, name)
        for key in dice.sample(sorted(prices), min(2, len(prices))):
            for change in (-1, 1):
                broken = {**prices, key: prices[key] + change}
                yield dataclasses.replace(result, certificate=dataclasses.replace(proof, **{name: broken}))
    yield dataclasses.replace(result, certificate=None)
    yield dataclasses.replace(result, objective=dataclasses.replace(result.objective, total=result.objective.total + 1))
    free = [pair for pair in result.pairs if not pair.is_locked and not pair.group]
    if free:
        yield dataclasses.replace(result, certificate=dataclasses.replace(proof, weight=999))
        yield dataclasses.replace(result, certificate=dataclasses.replace(proof, fair_weight=1))
        lost = dice.choice(free)
        pairs = tuple(pair for pair in result.pairs if pair is not lost)
        left = (*result.unmatched, Unmatched(lost.mentee, WhyUnmatched.PLACES_TAKEN))
        yield dataclasses.replace(result, pairs=pairs)
        yield _with_objective(
            dataclasses.replace(result, pairs=pairs, unmatched=tuple(sorted(left, key=lambda u: u.mentee)))
        )


def _with_objective(result: Result) -> Result:
    """Return the result with figures that agree with its pairs, so that only the proof can tell."""
    free = [pair.score for pair in result.pairs if not pair.is_locked and not pair.group]
    worst = min(free, default=None)
    worth = dataclasses.replace(
        result.objective,
        cover=len(result.pairs),
        total=sum(pair.score for pair in result.pairs),
        worst=worst,
        at_worst=sum(fit == worst for fit in free),
        unevenness=sum((1000 - fit) ** 2 for fit in free),
    )
    return dataclasses.replace(result, objective=worth)


def test_a_broken_result_is_refused():
    """Each mutant breaks one thing in a proven result; the checker must not prove a single one."""
    refused = 0
    for seed in range(60):
        problem = random_problem(seed, locked=seed % 2 == 1, groups=seed % 3 == 2)
        for mutant in _mutants(problem, solve(problem), random.Random(seed)):
            assert not check(problem, mutant).is_right, (seed, mutant)
            refused += 1
    assert refused >= 400


def test_a_worse_result_is_refused_whatever_it_says_of_itself():
    """Every other choice of a small question, with consistent figures and the best one's prices, is refused."""
    arcs = [Arc("a", "x", 900), Arc("a", "y", 700), Arc("b", "x", 800), Arc("b", "y", 100)]
    problem = Problem.from_arcs([Mentee("a"), Mentee("b")], [Mentor("x"), Mentor("y")], arcs)
    best = solve(problem)
    swapped = tuple(
        dataclasses.replace(pair, mentor=to, score=problem.fit(pair.mentee, to))
        for pair, to in zip(best.pairs, ("x", "y"), strict=True)
    )
    faults = check(problem, _with_objective(dataclasses.replace(best, pairs=swapped))).faults
    assert Fault.VALUE in faults


def test_rules_that_the_checker_keeps_itself():
    forbidden = {("a", "x"): HardRule.VETO_OF_MENTEE}
    problem = Problem.from_arcs([Mentee("a")], [Mentor("x"), Mentor("y")], [Arc("a", "y", 5)], forbidden=forbidden)
    result = solve(problem)
    assert result.mentor_of() == {"a": "y"}
    wrong = (dataclasses.replace(result.pairs[0], mentor="x", score=0),)
    assert Fault.RULE in check(problem, _with_objective(dataclasses.replace(result, pairs=wrong))).faults


def test_the_order_of_people_does_not_matter_and_the_seed_does():
    dice = random.Random(5)
    table = {(f"e{row}", f"o{column}"): dice.choice((400, 500)) for row in range(40) for column in range(12)}

    def run(rows: list[str], columns: list[str], seed: int) -> Result:
        arcs = [Arc(mentee, mentor, table[mentee, mentor]) for mentee in rows for mentor in columns]
        return solve(Problem.from_arcs(map(Mentee, rows), [Mentor(key, 3) for key in columns], arcs, seed=seed))

    rows, columns = [f"e{at}" for at in range(40)], [f"o{at}" for at in range(12)]
    first = run(rows, columns, 1)
    dice.shuffle(rows)
    dice.shuffle(columns)
    assert run(rows, columns, 1) == first
    others = [run(rows, columns, seed) for seed in range(2, 6)]
    assert all(other.objective == first.objective for other in others)
    assert any(other.pairs != first.pairs for other in others)


def test_more_mentors_than_candidates_are_all_priced():
    """With more mentors than the flow sees at first, the proof still covers every allowed pair."""
    dice = random.Random(7)
    rows, columns = 60, 90
    popular = [dice.randrange(600) for _ in range(columns)]
    values = [min(1000, popular[at % columns] + dice.randrange(400)) for at in range(rows * columns)]
    mentors = tuple(Mentor(f"o{at}") for at in range(columns))
    problem = Problem(tuple(Mentee(f"e{at}") for at in range(rows)), mentors, Scores(rows, columns, array("h", values)))
    result = solve(problem)
    report = check(problem, result)
    assert (report.is_right, report.priced) == (True, rows * columns)
    assert result.stats.candidate_arcs <= 50 * rows
    stored = Certificate.from_json(result.certificate.as_json())  # type: ignore[union-attr]
    assert check(problem, dataclasses.replace(result, certificate=stored)).is_right


def test_everybody_without_a_mentor_has_a_reason():
    forbidden = {("a", "x"): HardRule.OWN_CHILD, ("a", "y"): HardRule.BANNED}
    people = [Mentee(key) for key in "abcde"], [Mentor("x"), Mentor("y")]
    arcs = [Arc("b", "x", 9), Arc("c", "y", 9)]
    problem = Problem.from_arcs(*people, arcs, forbidden=forbidden, groups=[Group("g", ("d", "e"))])
    left = {unmatched.mentee: unmatched for unmatched in solve(problem).unmatched}
    assert left["a"] == Unmatched("a", WhyUnmatched.NOBODY_ALLOWED, (("banned", 1), ("own_child", 1)))
    assert {left[key].why for key in "de"} == {WhyUnmatched.GROUP_TOO_LARGE}


def test_many_groups_are_placed_and_the_certificate_says_for_which_places():
    """Three pairs of friends among nine mentors are more placings than can be compared; the likely ones are."""
    dice = random.Random(3)
    mentees = [f"e{at}" for at in range(24)]
    arcs = [Arc(mentee, f"o{at}", dice.randrange(1001)) for mentee in mentees for at in range(9)]
    groups = [Group(f"g{at}", (mentees[2 * at], mentees[2 * at + 1])) for at in range(3)]
    problem = Problem.from_arcs(map(Mentee, mentees), [Mentor(f"o{at}", 3) for at in range(9)], arcs, groups=groups)
    result = solve(problem)
    report = check(problem, result)
    assert (report.is_right, Proven.GIVEN_GROUPS in report.proven) == (True, True)
    mentor_of = result.mentor_of()
    assert all(mentor_of[one] == mentor_of[other] for one, other in (group.mentees for group in groups))
    assert result.objective.cover == 24


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("locked_stranger", {"locked": (("a", "nobody"),)}),
        ("locked_twice", {"locked": (("a", "x"), ("a", "y"))}),
        ("locked_over_capacity", {"locked": (("a", "x"), ("b", "x"))}),
        ("own_child", {"locked": (("b", "y"),)}),
        ("key_twice", {"mentees": (Mentee("a"), Mentee("a"))}),
        ("capacity_range", {"mentors": (Mentor("x", -1), Mentor("y"))}),
        ("group_members", {"groups": (Group("g", ("a",)),)}),
        ("group_stranger", {"groups": (Group("g", ("a", "nobody")),)}),
        ("group_locked_apart", {"groups": (Group("g", ("a", "b")),), "locked": (("a", "x"),)}),
        ("scores_shape", {"scores": Scores(1, 2)}),
    ],
)
def test_a_question_that_contradicts_itself_is_refused(code: str, changes: dict[str, object]):
    forbidden = {("b", "y"): HardRule.OWN_CHILD}
    problem = Problem.from_arcs([Mentee("a"), Mentee("b")], [Mentor("x"), Mentor("y")], [], forbidden=forbidden)
    with pytest.raises(ProblemError) as refused:
        dataclasses.replace(problem, **changes)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_locked_pair_without_consent_goes_on():
    forbidden = {("a", "x"): HardRule.MENTEE_NO_CONSENT}
    problem = Problem.from_arcs([Mentee("a")], [Mentor("x")], [], forbidden=forbidden, locked=[("a", "x")])
    result = solve(problem)
    assert result.pairs[0].is_locked
    assert check(problem, result).is_right
    assert solve(dataclasses.replace(problem, locked=())).pairs == ()
