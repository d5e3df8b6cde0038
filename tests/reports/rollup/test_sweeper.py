"""The sweeper: what is due gets done, with and without workers and broker."""

from __future__ import annotations

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.tenancy import region, rollup
from reports.rollup import sweeper as module
from reports.rollup.fold import number_due, reconcile
from reports.rollup.models import Audit, SchoolState
from reports.rollup.sweeper import Sweeper
from reports.rollup.tasks import keep_calendar, roll_up
from reports.rollup.work import roll_up_due
from tests.reports import support
from tests.reports.rollup.test_work import expected, told
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 27, 1, 30, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.fixture
def broker(monkeypatch):
    """Replace the broker: calls are noted; ``fail`` makes it unreachable."""
    calls: list[dict] = []

    def publish(**options):
        calls.append(options)
        if publish.fails:
            raise OperationalError

    publish.fails = False
    publish.calls = calls
    for task in (roll_up, keep_calendar):
        monkeypatch.setattr(task, "apply_async", publish)
    return publish


def made_region():
    made = support.random_region(Random(4))
    support.write_region(made)
    return made


def test_it_wakes_the_workers_and_leaves_the_work_to_them(broker):
    made_region()
    Sweeper(now=lambda: NOW).tick()
    assert len(broker.calls) == 1
    with rollup():
        assert number_due(NOW.date()) == 2


def test_it_takes_over_when_nobody_comes(broker, monkeypatch):
    made = made_region()
    monkeypatch.setattr(module, "TAKE_OVER_SECONDS", 0.0)
    Sweeper(now=lambda: NOW).tick()
    assert told() == expected(made, NOW.date())


def test_it_works_alone_without_a_broker_and_lets_it_rest(broker):
    made = made_region()
    broker.fails = True
    one = Sweeper(now=lambda: NOW)
    one.tick()
    assert told() == expected(made, NOW.date())
    made.schools[SCHOOL_A.code] = support.random_school(Random(55), made.schools[SCHOOL_A.code].district)
    support.write_school(SCHOOL_A, made.schools[SCHOOL_A.code])
    one.tick()
    assert told() == expected(made, NOW.date())
    assert len(broker.calls) == 1, "an unreachable broker is not tried at every change"


def test_the_night_audits_every_school_once(broker):
    broker.fails = True
    made_region()
    night = NOW.replace(hour=2)
    one = Sweeper(now=lambda: night)
    one.tick()
    one.tick()
    with region():
        assert (Audit.objects.get().schools, Audit.objects.get().differences) == (2, 0)
    with rollup():
        assert set(SchoolState.objects.values_list("audited_on", flat=True)) == {night.date()}


def test_the_calendar_is_left_to_the_workers(broker, settings):
    # The worker asks the clock itself.
    settings.COVERAGE_AUDIT_HOUR = 0
    made_region()
    one = Sweeper(now=lambda: NOW.replace(hour=3))
    roll_up_due(NOW.date())
    one.tick()
    with rollup():
        reconcile()
    roll_up_due(NOW.date())
    one._last.clear()
    one.tick()
    with region():
        assert not Audit.objects.exists()
    assert len(broker.calls) >= 2
    keep_calendar()
    with region():
        assert Audit.objects.get().schools == 2


def test_a_failing_round_does_not_end_it(broker, monkeypatch):
    one = Sweeper(now=lambda: NOW)
    rounds = []

    def tick():
        rounds.append(1)
        if len(rounds) == 3:
            one.stop()
        raise ZeroDivisionError

    monkeypatch.setattr(one, "tick", tick)
    monkeypatch.setattr(one._stop, "wait", lambda seconds: None)
    monkeypatch.setattr(module, "connection", type("C", (), {"close": staticmethod(lambda: None)}))
    one.run()
    assert len(rounds) == 3


def test_a_message_delivered_three_times_changes_nothing(broker):
    made = made_region()
    Sweeper(now=lambda: NOW).tick()
    for _ in range(3):
        roll_up()
    assert told() == expected(made, timezone.localdate())
