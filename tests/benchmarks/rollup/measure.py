"""Measuring: alternating runs, medians, equal figures in the same run."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

from django.db import connection

from core.tenancy import region, rollup, school
from reports.rollup import work
from reports.rollup.facts import Facts, facts_of_row, read_facts
from reports.rollup.fold import fold_marks, make_due, reconcile
from reports.rollup.live import Figure, coverage_as_of
from reports.rollup.models import Cell, PersonKey, PersonRepeat, Repeat, SchoolState, SharedRecord
from reports.rollup.selectors import cells_now, totals_by_district
from reports.rollup.sources import Source, batches, rules_now, sources
from reports.rollup.work import roll_up_due
from schools.coverage.domain import Rule
from schools.pairs.models import Order
from tests.benchmarks.rollup.flat import flat_statement
from tests.benchmarks.rollup.orm import count_school
from tests.benchmarks.rollup.people import DAY

CHANGES = 20
STATES = ("fresh", "warm")


@dataclass
class Times:
    """Seconds of each run, by what was done."""

    of: dict[str, list[float]] = field(default_factory=dict)

    def take(self, name: str, act: Callable[[], Any]) -> Any:
        """Do it once and note how long it took."""
        begun = time.perf_counter()
        result = act()
        self.of.setdefault(name, []).append(time.perf_counter() - begun)
        return result

    def median(self, name: str) -> float:
        """Return the median in seconds."""
        return statistics.median(self.of[name])


def measure(runs: int) -> int:
    """Run everything and print the table; 0 when every promise is kept."""
    with rollup():
        rules, schools = rules_now(), sources()
    times = Times()
    _first_roll_up(times, len(schools))
    for _ in range(runs):
        _one_round(times, rules, schools)
        say(".")
    say("\n")
    _check_distinct_people(rules, schools)
    _full_runs(times, runs)
    _single_changes(times, schools)
    for _ in range(runs):
        with region():
            times.take("cells", lambda: (cells_now(), totals_by_district()))
    return _table(times, len(schools))


def say(text: str) -> None:
    """Write and show at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def _first_roll_up(times: Times, schools: int) -> None:
    with rollup():
        for model in (Cell, PersonKey, SharedRecord, PersonRepeat, Repeat, SchoolState):
            model.objects.all().delete()
        reconcile()
        fold_marks()
    times.take("first", lambda: roll_up_due(DAY, seconds=600))
    with rollup(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FILTER (WHERE is_shared), count(*) FROM rollup_personkey")
        shared, people = cursor.fetchone()
    assert shared > 0
    say(f"{schools} schools, {people} records, {shared} of people with several\n")


class Workers:
    """Workers of the roll-up, each with its own connection, taking batches as they become free."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._pool = ThreadPoolExecutor(number)

    def everywhere(self, act: Callable[[], None]) -> None:
        """Do something once in each worker."""
        barrier = Barrier(self._number)
        for done in [self._pool.submit(lambda: (barrier.wait(), act())) for _ in range(self._number)]:
            done.result()

    def read(self, rules: tuple[Rule, ...], schools: tuple[Source, ...]) -> list[Facts]:
        """Read the facts of all schools as the roll-up does, 25 to a statement."""

        def one(batch: Sequence[Source]) -> list[Facts]:
            with rollup():
                return read_facts(rules, DAY, [(school.id, school.schema) for school in batch])

        return [facts for read in self._pool.map(one, batches(schools)) for facts in read]

    def leave(self) -> None:
        """Close the connections."""
        self.everywhere(lambda: connection.close())
        self._pool.shutdown()


def fresh_for_us() -> None:
    """Give this thread a new backend, set up as the roll-up does it."""
    connection.close()
    with rollup():
        work.prepare_connection()


def fresh_for_flat(*, may_be_parallel: bool) -> None:
    """Give this thread a new backend with the server's own settings, or without its parallel workers."""
    connection.close()
    with rollup(), connection.cursor() as cursor:
        cursor.execute("SELECT 1" if may_be_parallel else "SET max_parallel_workers_per_gather = 0")


def flat(rules: tuple[Rule, ...], schools: tuple[Source, ...]) -> list[Facts]:
    """Read the same from the flat tables, by one statement."""
    found: dict[int, Facts] = {}
    with rollup(), connection.cursor() as cursor:
        cursor.execute(flat_statement(rules, DAY))
        for number, *columns in cursor.fetchall():
            found[number] = facts_of_row(rules, columns)
    return [found[int(one.code[1:])] for one in schools]


def _one_round(times: Times, rules: tuple[Rule, ...], schools: tuple[Source, ...]) -> None:
    """Take each way once: on fresh backends, then warm on the same ones; then the ORM."""
    results = []
    for cores in (1, 2):
        workers = Workers(cores)
        workers.everywhere(fresh_for_us)
        results += [times.take(f"ours {state} {cores}", lambda w=workers: w.read(rules, schools)) for state in STATES]
        workers.leave()
        fresh_for_flat(may_be_parallel=cores > 1)
        results += [times.take(f"flat {state} {cores}", lambda: flat(rules, schools)) for state in STATES]
    connection.close()
    by_orm = times.take("orm", lambda: [count_school(one.schema, rules, DAY) for one in schools])
    assert all(result == results[0] for result in results), "two ways, two results"
    assert by_orm == [[(f.num, f.den) for f in facts.figures] for facts in results[0]], "the ORM counts otherwise"


def _check_distinct_people(rules: tuple[Rule, ...], schools: tuple[Source, ...]) -> None:
    """Compare the stored totals with a count of distinct people that uses neither cells nor repeats."""
    counted = coverage_as_of(DAY, rules, schools)
    with rollup():
        ids = work.definitions().ids
        cells = cells_now()
        by_district = totals_by_district()
    assert [cells.total[pk] for pk in ids] == [counted.region.figures[rule.code] for rule in rules]
    for district, scope in counted.districts.items():
        assert [by_district[district].get(pk, Figure()) for pk in ids] == [scope.figures[rule.code] for rule in rules]
    assert cells.plain_sum[ids[0]] != cells.total[ids[0]], "nobody is in two schools"
    say("cells, districts and region equal a recount of distinct people\n")


def _full_runs(times: Times, runs: int) -> None:
    """Time whole roll-ups, leases and boundaries included, and in them the writing alone."""
    for _ in range(runs):
        with rollup():
            make_due(None)
        connection.close()
        with _writing_timed(times):
            times.take("full", lambda: roll_up_due(DAY, seconds=600))


@contextmanager
def _writing_timed(times: Times) -> Any:
    spent: list[float] = []
    write = work._write

    def timed(*args: Any, **kwargs: Any) -> None:
        begun = time.perf_counter()
        write(*args, **kwargs)
        spent.append(time.perf_counter() - begun)

    work._write = timed
    try:
        yield
    finally:
        work._write = write
        times.of.setdefault("writing", []).append(sum(spent))


def _single_changes(times: Times, schools: tuple[Source, ...]) -> None:
    for number in range(CHANGES):
        changed = schools[number * 7 % len(schools)]
        with school(changed.schema):
            unsigned = list(Order.objects.filter(number="").values_list("pk", flat=True))
            Order.objects.filter(pk__in=unsigned).update(number=f"{number}", signed_on=DAY)
        times.take("one change", _after_a_change)
        with school(changed.schema):
            Order.objects.filter(pk__in=unsigned).update(number="", signed_on=None)
        _after_a_change()


def _after_a_change() -> None:
    with rollup():
        assert fold_marks() == 1
    assert roll_up_due(DAY) >= 1


def _table(times: Times, schools: int) -> int:
    median = times.median
    runs = len(times.of["orm"])
    say(f"\n{schools} schools, five definitions with consents, people of several; medians of {runs} runs\n")
    kept, warm = True, []
    for cores, told in ((1, "one worker; flat without parallel workers"), (2, "two workers; flat as the server likes")):
        for state, most in (("warm", 1.5), ("fresh", 2.5)):
            ours, flat = median(f"ours {state} {cores}"), median(f"flat {state} {cores}")
            kept &= ours <= most * flat
            warm += [ours / flat] if state == "warm" else []
            line(f"{state}, {told}", ours, f"flat {1000 * flat:.0f} ms", ours / flat, f"≤ {most}", ours <= most * flat)
    orm = median("orm") / median("ours warm 1")
    kept &= orm >= 12
    line("the ORM, school by school", median("orm"), "of ours, one worker", orm, "≥ 12", orm >= 12)
    for name, told in (
        ("full", "whole roll-up, one worker: leases, boundaries, cells"),
        ("writing", "  of it writing the cells"),
        ("first", "first roll-up, with the keys of everybody"),
        ("one change", f"one school's change, mark to cells (median of {CHANGES})"),
        ("cells", "districts and region from cells"),
    ):
        line(told, median(name))
    say(f"ratio={max(warm):.2f}\n")
    return 0 if kept else 1


def line(name: str, seconds: float, told: str = "", ratio: float = 0.0, wanted: str = "", is_kept: bool = True) -> None:
    """Print one line of the table."""
    promised = f"{ratio:>6.2f}  promised {wanted}: {'kept' if is_kept else 'NOT KEPT'}" if wanted else ""
    say(f"{name:<56} {1000 * seconds:>9.1f} ms  {told:<22}{promised}".rstrip() + "\n")
