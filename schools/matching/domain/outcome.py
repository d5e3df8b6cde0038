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
    empty = [at for at, mentor in enumerate(problem.mentors) if not mentor.capacity]
    with_him = {mentee: group.mentees for group in problem.groups for mentee in group.mentees}
    left = sorted(problem.mentee_index.keys() - chosen.keys())
    otherwise = WhyUnmatched.NOT_CHOSEN if is_stable else WhyUnmatched.PLACES_TAKEN
    found = []
    for mentee in left:
        rules = _rules_around(problem, mentee, empty)
        why = otherwise
        if sum(rules.values()) == len(problem.mentors):
            why = WhyUnmatched.NOBODY_ALLOWED
        elif mentee in with_him and not _has_room(problem, with_him[mentee]):
            why = WhyUnmatched.GROUP_TOO_LARGE
        found.append(Unmatched(mentee, why, tuple(sorted(rules.items(), key=lambda item: (-item[1], item[0])))))
    return tuple(found)


def _rules_around(problem: Problem, mentee: str, empty: list[int]) -> Counter[str]:
    """Return how many mentors each hard rule keeps away; ``empty`` are the columns of mentors without places."""
    columns, row = problem.scores.columns, problem.mentee_index[mentee]
    marks = problem.scores.values[row * columns : (row + 1) * columns]
    rules = Counter(str(rule_of(mark)) for mark in marks if mark < 0)
    for at in empty:
        rules[HardRule.NO_PLACES] += marks[at] >= 0
    return +rules


def _has_room(problem: Problem, mentees: tuple[str, ...]) -> bool:
    """Tell whether some mentor whom the rules allow to all of them has places for all."""
    rows = [problem.mentee_index[key] for key in mentees]
    return any(
        mentor.capacity >= len(rows) and all(problem.scores[row, at] >= 0 for row in rows)
        for at, mentor in enumerate(problem.mentors)
    )
