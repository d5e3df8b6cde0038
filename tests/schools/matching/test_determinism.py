"""The same question has the same answer in every process: nothing hangs on the order of a set or of a dictionary."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.database import ROOT

_PROGRAM = """
import dataclasses, hashlib, random
from schools.matching.domain.facts import FormSides, MenteeFacts, MentorFacts
from schools.matching.domain.fit import fit_of, score_tables
from schools.matching.domain.problem import Group, Mentee, Mentor, Problem
from schools.matching.domain.solver import solve
from schools.matching.domain.stable import solve_stably

dice = random.Random(11)
words = ["физика", "химия", "музыка", "спорт", "шахматы", "история"]
some = lambda: frozenset(dice.sample(words, dice.randint(0, 4)))
mentors = [
    MentorFacts(key=f"o{at}", subjects=some(), interests=some(), slots=some(), competences=" ".join(sorted(some())))
    for at in range(20)
]
mentees = [
    MenteeFacts(key=f"e{at}", subjects=some(), interests=some(), slots=some(), request=" ".join(sorted(some())),
                vetoes=frozenset({f"o{dice.randrange(20)}"}), choices=(f"o{dice.randrange(20)}",))
    for at in range(40)
]
tables = score_tables(mentees, mentors, FormSides(), bans={("e1", "o1"), ("e2", "o2")})
problem = Problem(
    tuple(Mentee(row.key) for row in mentees), tuple(Mentor(row.key, 2) for row in mentors), tables.fits,
    groups=(Group("g", ("e3", "e4")),),
)
stable = dataclasses.replace(problem, wishes=tables.of_mentors, mentee_wishes=tables.of_mentees, groups=())
told = [solve(problem), solve_stably(stable), [fit_of(one, other) for one in mentees for other in mentors]]
print(hashlib.sha256(repr(told).encode()).hexdigest())
"""


@pytest.mark.nightly
def test_the_answer_does_not_hang_on_the_process():
    answers = set()
    for seed in ("0", "1", "77", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"}
        made = subprocess.run(
            [sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=60
        )
        answers.add(made.stdout.strip())
    assert len(answers) == 1
    assert len(answers.pop()) == 64
