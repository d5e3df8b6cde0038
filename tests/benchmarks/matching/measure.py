"""Takes the three ways in turn on the same question, compares what they find, and prints the table."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from schools.matching.domain.checker import check
from schools.matching.domain.problem import Problem
from schools.matching.domain.result import Result
from schools.matching.domain.solver import solve
from tests.benchmarks.matching.baselines import Mates, dense, greedy, table_of
from tests.benchmarks.matching.questions import question

LIMITS = {(300, 100): 0.2, (2000, 800): 0.5, (5000, 3000): 2.0}
"""Seconds from scores to result, of CPU and by the clock."""
MOST_ARCS = 50
"""Candidates that the flow may be given of any one mentee, whatever the round."""
TOLD = {"greedy": "best pair first", "scipy": "SciPy, dense", "ours": "ours, with certificate"}
Row = tuple[float, float, int, int, float]


Found = Mates | Result
WAYS: dict[str, Callable[[Problem], Found]] = {"greedy": greedy, "scipy": dense, "ours": solve}


def measure(sizes: list[tuple[int, int]], runs: int) -> int:
    """Print a table for each size; 0 when limits are kept, sums agree and certificates hold."""
    from ortools.graph.python import min_cost_flow  # noqa: F401 - a worker has it loaded; loading is not measured

    failures: list[str] = []
    ratio = 0.0
    for size in sizes:
        problem = question(*size)
        rows, result = _rows(problem, runs)
        ratio = rows["scipy"][1] / rows["ours"][1]
        failures += _print(size, problem, rows, result)
    for failure in failures:
        print(f"FAILED: {failure}")
    print(f"ratio={ratio:.1f}")
    return 1 if failures else 0


def _rows(problem: Problem, runs: int) -> tuple[dict[str, Row], Result]:
    """Return clock, CPU, cover, total and worst decile of each way, the order turned in each of ``runs``.

    The least by the clock, the median of CPU.
    """
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    found: dict[str, Found] = {}
    for run in range(runs):
        for way in list(WAYS)[:: 1 if run % 2 else -1]:
            clock, worked = time.perf_counter(), time.process_time()
            found[way] = WAYS[way](problem)
            taken[way].append((time.perf_counter() - clock, time.process_time() - worked))
    result = found["ours"]
    assert isinstance(result, Result)
    rows = {}
    for way, times in taken.items():
        # Others' work on a busy machine shows on the clock alone: the least of the runs has least of it.
        clock, worked = min(clock for clock, _ in times), statistics.median(worked for _, worked in times)
        rows[way] = (clock, worked, *_worth(problem, _mates(problem, found[way])))
    return rows, result


def _mates(problem: Problem, found: Found) -> Mates:
    if isinstance(found, dict):
        return found
    return {problem.mentee_index[pair.mentee]: problem.mentor_index[pair.mentor] for pair in found.pairs}


def _worth(problem: Problem, mates: Mates) -> tuple[int, int, float]:
    """Return cover, total fit, and the mean fit of the tenth of mentees who fare worst (without a mentor: 0)."""
    table = table_of(problem)
    fits = sorted(int(table[row, mates[row]]) if row in mates else 0 for row in range(len(table)))
    tenth = fits[: max(1, len(fits) // 10)]
    return len(mates), sum(fits), sum(tenth) / len(tenth)


def _print(size: tuple[int, int], problem: Problem, rows: dict[str, Row], result: Result) -> list[str]:
    places = sum(mentor.capacity for mentor in problem.mentors)
    print(f"\n{size[0]} mentees x {size[1]} mentors with {places} places")
    print(f"  {'':24} {'clock, s':>9} {'CPU, s':>9} {'covered':>8} {'total fit':>10} {'worst tenth':>12}")
    for way, (clock, worked, cover, total, tenth) in rows.items():
        print(f"  {TOLD[way]:24} {clock:9.3f} {worked:9.3f} {cover:8} {total:10} {tenth:12.1f}")
    start = time.process_time()
    report = check(problem, result)
    stats = result.stats
    print(
        f"  certificate {'proven' if report.is_right else 'REFUSED'}, {report.priced} pairs priced in "
        f"{time.process_time() - start:.3f} s; {stats.candidate_arcs} candidates, {stats.most_arcs_of_a_mentee} of one "
        f"mentee at most, {stats.added_arcs} added in {stats.rounds} rounds"
    )
    sys.stdout.flush()
    failures = [] if report.is_right else [f"{size}: certificate {report.faults}"]
    if rows["ours"][2:4] != rows["scipy"][2:4]:
        failures.append(f"{size}: not the optimum")
    if stats.most_arcs_of_a_mentee > MOST_ARCS:
        failures.append(f"{size}: {stats.most_arcs_of_a_mentee} candidates of one mentee, more than {MOST_ARCS}")
    limit = LIMITS.get(size, float("inf"))
    for name, seconds in (("by the clock", rows["ours"][0]), ("of CPU", rows["ours"][1])):
        if seconds > limit:
            failures.append(f"{size}: {seconds:.3f} s {name}, more than {limit}")
    return failures
