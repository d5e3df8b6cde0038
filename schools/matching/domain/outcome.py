"""From who goes to whom to a result that can be told: pairs with fits, who is left and why, what it all is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from schools.matching.domain.problem import FULL_FIT, Problem
from schools.matching.domain.result import Objective, Pair, Unmatched, WhyUnmatched
from schools.matching.domain.rules import HardRule, rule_of


def pairs_of(problem: Problem, chosen: Mapping[str, str]) -> tuple[Pair, ...]:
    """Return the pairs of a choice, by key of the mentee."""
    locked = dict(problem.locked)
    group_of = {mentee: group.key for group in problem.groups for mentee in group.mentees}
    return tuple(
        Pair(mentee, mentor, problem.fit(mentee, mentor), mentee in locked, group_of.get(mentee, ""))
        for mentee, mentor in sorted(chosen.items())
    )


def objective_of(problem: Problem, chosen: Mapping[str, str], decided: Mapping[str, str]) -> Objective:
    """Return what a choice is worth; fairness looks only at pairs that were not ``decided`` beforehand."""
    fits = {mentee: problem.fit(mentee, mentor) for mentee, mentor in chosen.items()}
    free = [fit for mentee, fit in fits.items() if mentee not in decided]
    worst = min(free, default=None)
    return Objective(
        cover=len(fits),
        total=sum(fits.values()),
        worst=worst,
        at_worst=sum(fit == worst for fit in free),
        unevenness=sum((FULL_FIT - fit) ** 2 for fit in free),
    )


def unmatched_of(problem: Problem, chosen: Mapping[str, str], *, is_stable: bool = False) -> tuple[Unmatched, ...]:
    """Return everybody without a mentor, by key, with the reason and the hard rules that kept mentors away."""
    return tuple(
        _unmatched(problem, mentee.key, is_stable=is_stable)
        for mentee in sorted(problem.mentees, key=lambda mentee: mentee.key)
        if mentee.key not in chosen
    )


def _unmatched(problem: Problem, mentee: str, *, is_stable: bool) -> Unmatched:
    row = problem.mentee_index[mentee]
    rules: Counter[str] = Counter()
    largest = 0
    for at, mentor in enumerate(problem.mentors):
        rule = rule_of(problem.scores[row, at])
        if rule is None and not mentor.capacity:
            rule = HardRule.NO_PLACES
        if rule is not None:
            rules[rule] += 1
        elif _takes_all(problem, mentee, at):
            largest = max(largest, mentor.capacity)
    counted = tuple(sorted(rules.items(), key=lambda item: (-item[1], item[0])))
    if sum(rules.values()) == len(problem.mentors):
        return Unmatched(mentee, WhyUnmatched.NOBODY_ALLOWED, counted)
    if largest < len(_companions(problem, mentee)):
        return Unmatched(mentee, WhyUnmatched.GROUP_TOO_LARGE, counted)
    return Unmatched(mentee, WhyUnmatched.NOT_CHOSEN if is_stable else WhyUnmatched.PLACES_TAKEN, counted)


def _companions(problem: Problem, mentee: str) -> tuple[str, ...]:
    return next((group.mentees for group in problem.groups if mentee in group.mentees), (mentee,))


def _takes_all(problem: Problem, mentee: str, column: int) -> bool:
    return all(problem.scores[problem.mentee_index[key], column] >= 0 for key in _companions(problem, mentee))
