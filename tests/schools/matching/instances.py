"""Small random questions, and the answers that trying everything gives."""

from __future__ import annotations

import itertools
import random
from array import array
from collections import Counter

from schools.matching.domain.problem import Group, Mentee, Mentor, Problem, Scores
from schools.matching.domain.rules import HardRule, mark_of


def random_problem(
    seed: int, most: int = 6, *, locked: bool = False, groups: bool = False, wishes: bool = False
) -> Problem:
    """Return a question of up to ``most`` × ``most`` people; few different fits, so that ties are common."""
    dice = random.Random(seed)
    rows, columns = dice.randint(0, most), dice.randint(0, most)
    fits = dice.choice([range(3), range(0, 1001, 250), range(1001)])
    ban = dice.choice([0.0, 0.2, 0.6])
    mark = mark_of(HardRule.BANNED)

    def table() -> Scores:
        values = [mark if dice.random() < ban else dice.choice(fits) for _ in range(rows * columns)]
        return Scores(rows, columns, array("h", values))

    scores, liked, wanted = table(), table() if wishes else None, table() if wishes else None
    mentors = [Mentor(f"o{at}", dice.choice([0, 1, 1, 1, 2, 3])) for at in range(columns)]
    mentees = [f"e{at}" for at in range(rows)]
    fixed: list[tuple[str, str]] = []
    if locked:
        left = {mentor.key: mentor.capacity for mentor in mentors}
        for row, column in itertools.product(range(rows), range(columns)):
            mentee, mentor = mentees[row], mentors[column].key
            is_free = left[mentor] > 0 and mentee not in dict(fixed)
            if is_free and scores[row, column] >= 0 and dice.random() < 0.15:
                fixed.append((mentee, mentor))
                left[mentor] -= 1
    together: list[Group] = []
    if groups:
        loose = [mentee for mentee in mentees if mentee not in dict(fixed)]
        dice.shuffle(loose)
        while len(loose) >= 2 and dice.random() < 0.6:
            size = dice.choice([2, 2, 3])
            together.append(Group(f"g{len(together)}", tuple(loose[:size])))
            loose = loose[size:]
        together = [group for group in together if len(group.mentees) > 1]
    people = tuple(Mentee(key) for key in mentees), tuple(mentors)
    return Problem(*people, scores, tuple(fixed), tuple(together), liked, dice.randrange(9), wanted)


def best_rank(problem: Problem) -> tuple[int, int, int, int, int]:
    """Return the greatest rank over all choices that keep the rules, by trying all of them."""
    held = {mentee for mentee, _ in problem.locked} | {m for group in problem.groups for m in group.mentees}
    locked = dict(problem.locked)
    capacity = {mentor.key: mentor.capacity for mentor in problem.mentors}
    together = [group.mentees for group in problem.groups if group.mentees[0] not in locked]
    units = [*together, *((m.key,) for m in problem.mentees if m.key not in held)]
    best = (-1, 0, 0, 0, 0)

    def go(at: int, left: Counter[str], fits: list[int], free: list[int]) -> None:
        nonlocal best
        if at == len(units):
            worst = min(free, default=-1)
            rank = (len(fits), sum(fits), worst, -free.count(worst), -sum((1000 - fit) ** 2 for fit in free))
            best = max(best, rank)
            return
        unit = units[at]
        go(at + 1, left, fits, free)
        for mentor, places in capacity.items():
            if left[mentor] + len(unit) > places or any(problem.rule(mentee, mentor) for mentee in unit):
                continue
            theirs = [problem.fit(mentee, mentor) for mentee in unit]
            left[mentor] += len(unit)
            go(at + 1, left, fits + theirs, free + theirs if len(unit) == 1 else free)
            left[mentor] -= len(unit)

    go(0, Counter(locked.values()), [problem.fit(*pair) for pair in problem.locked], [])
    return best


def best_rank_by_stages(problem: Problem) -> tuple[int, int, int, int, int]:
    """Return the same of a question without groups and locked pairs, mentor by mentor over sets of mentees.

    A set of mentees served so far is a mask of bits. A worst fit that is demanded at least (each fit there is, in
    turn) makes the rest of the rank a sum, and sums are found stage by stage: 2^6 sets, not 7^6 choices.
    """
    assert not problem.locked
    assert not problem.groups
    mentees = [mentee.key for mentee in problem.mentees]
    allowed = {
        (row, mentor.key): problem.fit(mentee, mentor.key)
        for row, mentee in enumerate(mentees)
        for mentor in problem.mentors
        if problem.rule(mentee, mentor.key) is None
    }
    best = (0, 0, -1, 0, 0)
    for worst in set(allowed.values()):
        usable = {key: fit for key, fit in allowed.items() if fit >= worst}
        cover, total, at_worst, unevenness = _best_sum(len(mentees), problem, usable, worst)
        # Where nobody has this very fit, the worst is a better one, and has its own turn.
        if at_worst:
            best = max(best, (cover, total, worst, at_worst, unevenness))
    return best


def _best_sum(rows: int, problem: Problem, usable: dict[tuple[int, str], int], worst: int) -> tuple[int, int, int, int]:
    reached = {0: (0, 0, 0, 0)}
    for mentor in problem.mentors:
        # Place by place: a mentor of three places is asked three times.
        for _place in range(mentor.capacity):
            after = dict(reached)
            for served, worth in reached.items():
                for row in range(rows):
                    fit = usable.get((row, mentor.key))
                    if fit is None or served & 1 << row:
                        continue
                    more = (1, fit, -(fit == worst), -((1000 - fit) ** 2))
                    sums = tuple(one + other for one, other in zip(worth, more, strict=True))
                    key = served | 1 << row
                    after[key] = max(after.get(key, sums), sums)
            reached = after
    return max(reached.values())
