"""How a run's question and answer are kept, and read again for explanations and for another verification."""

from __future__ import annotations

from array import array
from typing import Any

from schools.matching.domain.problem import Group, Mentee, Mentor, Problem, Scores
from schools.matching.domain.result import (
    BlockingPair,
    Certificate,
    Mode,
    Objective,
    Pair,
    Result,
    Unmatched,
    WhyUnmatched,
)
from schools.matching.models import Run


def store_problem(run: Run, problem: Problem) -> None:
    """Put a question into the columns of a run; of the stable mode, the wishes of both sides after the fits."""
    run.asked = {
        "mentees": [row.key for row in problem.mentees],
        "mentors": [[row.key, row.capacity] for row in problem.mentors],
        "locked": [list(pair) for pair in problem.locked],
        "groups": [[group.key, list(group.mentees)] for group in problem.groups],
    }
    tables = filter(None, (problem.scores, problem.wishes, problem.mentee_wishes))
    run.scores = b"".join(table.values.tobytes() for table in tables)


def stored_problem(run: Run) -> Problem:
    """Return the question of a run that was computed."""
    mentees = tuple(Mentee(key) for key in run.asked["mentees"])
    mentors = tuple(Mentor(key, places) for key, places in run.asked["mentors"])
    size, stored = 2 * len(mentees) * len(mentors), bytes(run.scores or b"")
    cut = [stored[at : at + size] for at in range(0, len(stored), size or 1)] or [b""]
    fits, *wishes = (_table(part, len(mentees), len(mentors)) for part in cut)
    locked = tuple((mentee, mentor) for mentee, mentor in run.asked["locked"])
    groups = tuple(Group(key, tuple(members)) for key, members in run.asked.get("groups", ()))
    wanted, liked = wishes or (None, None)
    return Problem(mentees, mentors, fits, locked, groups, wishes=wanted, mentee_wishes=liked)


def _table(stored: bytes, rows: int, columns: int) -> Scores:
    values = array("h")
    values.frombytes(stored)
    return Scores(rows, columns, values)


def store_result(run: Run, result: Result) -> None:
    """Put an answer into the columns of a run."""
    said = result.objective
    run.result = {
        "pairs": [[row.mentee, row.mentor, row.score, row.is_locked, row.group] for row in result.pairs],
        "unmatched": [[row.mentee, row.why, [list(rule) for rule in row.rules]] for row in result.unmatched],
        "objective": [said.cover, said.total, said.worst, said.at_worst, said.unevenness],
        "blocking": [[row.mentee, row.mentor, row.displaced, row.forced_by] for row in result.blocking],
    }
    run.certificate = result.certificate.as_json() if result.certificate is not None else {}


def stored_result(run: Run) -> Result:
    """Return the answer of a run that was computed."""
    said = run.result
    return Result(
        mode=Mode(run.mode),
        pairs=tuple(Pair(*row) for row in said["pairs"]),
        unmatched=tuple(unmatched_from(row) for row in said["unmatched"]),
        objective=Objective(*said["objective"]),
        certificate=Certificate.from_json(run.certificate) if run.certificate else None,
        blocking=tuple(BlockingPair(*row) for row in said["blocking"]),
    )


def unmatched_from(row: list[Any]) -> Unmatched:
    """Return somebody whom a run left, from what is stored of him."""
    mentee, why, rules = row
    return Unmatched(mentee, WhyUnmatched(why), tuple((code, count) for code, count in rules))
