"""P8: workers of the roll-up are killed at random points, while schools go on changing; nothing is lost or doubled."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from random import Random

import pytest
from django.db import connection

from core.tenancy import region, rollup
from reports.rollup import work
from reports.rollup.fold import fold_marks, number_due, reconcile
from reports.rollup.models import Cell
from reports.rollup.work import audit, roll_up_due
from tests.reports import support
from tests.reports.rollup.test_work import everything, expected, from_nothing, told
from tests.support.world import SCHOOL_A, SCHOOL_B

LEASE_SECONDS = 0.3
WORKERS = 2


def work_until_killed() -> None:
    """Roll up without end, in a child that must not touch its parent's session."""
    connection.connection = None
    while True:
        with rollup():
            reconcile()
            fold_marks()
        roll_up_due(support.CENTRE)
        audit(support.CENTRE)


def kill_in(child: multiprocessing.Process, seconds: float) -> None:
    time.sleep(seconds)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert child.exitcode == -signal.SIGKILL, "the worker must have been at work when it was killed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.nightly)])
def test_killed_workers_lose_and_double_nothing(monkeypatch, kills):
    monkeypatch.setattr(work, "LEASE_SECONDS", LEASE_SECONDS)
    processes = multiprocessing.get_context("fork")
    random = Random(kills)
    made = support.random_region(random)
    support.write_region(made)
    written = 0
    for number in range(kills // WORKERS):
        connection.close()
        children = [processes.Process(target=work_until_killed, daemon=True) for _ in range(WORKERS)]
        for child in children:
            child.start()
        changed = random.choice((SCHOOL_A, SCHOOL_B))
        made.schools[changed.code] = support.random_school(random, made.schools[changed.code].district)
        support.write_school(changed, made.schools[changed.code])
        for child in children:
            kill_in(child, random.uniform(0.0, 0.12))
        with region():
            written += Cell.objects.filter(version__gt=number).exists()
    assert written, "no worker lived long enough to write: this proves nothing"
    time.sleep(LEASE_SECONDS)
    with rollup():
        reconcile()
        fold_marks()
    roll_up_due(support.CENTRE)
    with rollup():
        assert number_due(support.CENTRE) == 0
    assert told() == expected(made, support.CENTRE)
    after_the_kills = everything()
    from_nothing()
    with rollup():
        reconcile()
    roll_up_due(support.CENTRE)
    assert everything() == after_the_kills
