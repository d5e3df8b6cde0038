"""Frozen month-ends: taken once, with their receipt, and deaf to later corrections."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.utils import timezone

from core.tenancy import region, rollup
from reports.rollup.models import Cell, Ledger, Snapshot, SnapshotFigure
from reports.rollup.snapshots import freeze, freeze_due
from tenants.registry.models import School
from tests.reports import support
from tests.reports.rollup.test_work import sweep
from tests.support import oracle
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.django_db


def kept(day: date) -> dict[str, object]:
    """Return a snapshot in the shape of the recount's region."""
    with region():
        rows = SnapshotFigure.objects.filter(snapshot__day=day, level="region")
        return {row.definition_code: [row.num, row.den] for row in rows}


def started(first_day: date) -> None:
    with rollup():
        Ledger.objects.update_or_create(pk=1, defaults={"first_day": first_day})


def test_a_month_is_frozen_on_its_day_and_once():
    made = support.random_region(Random(1))
    support.write_region(made)
    end = date(2026, 2, 28)
    started(date(2026, 2, 10))
    assert freeze_due(date(2026, 3, 4)) == []
    assert freeze_due(date(2026, 3, 5)) == [end]
    expected = oracle.recount(made, end)
    assert kept(end) == expected["region"]
    with region():
        assert SnapshotFigure.objects.filter(level="school").count() == 2 * 5
        assert Snapshot.objects.get().receipt["definitions"]["pupils"]["version"] == 1
    made.schools[SCHOOL_A.code] = support.random_school(Random(77), None)
    support.write_school(SCHOOL_A, made.schools[SCHOOL_A.code])
    assert oracle.recount(made, end)["region"] != expected["region"]
    assert freeze_due(date(2026, 3, 6)) == []
    assert not freeze(end, "frozen")
    assert kept(end) == expected["region"]


@pytest.mark.parametrize(("closed", "is_counted"), [(date(2026, 3, 2), True), (date(2026, 2, 28), False)])
def test_a_school_counts_in_the_months_before_it_was_closed(closed: date, is_counted: bool):
    made = support.random_region(Random(3))
    support.write_region(made)
    started(date(2026, 2, 10))
    with region():
        at = datetime.combine(closed, time(12), tzinfo=UTC)
        School.objects.filter(pk=SCHOOL_B.id).update(state=School.State.CLOSED, state_changed_at=at)
    if not is_counted:
        del made.schools[SCHOOL_B.code]
    end = date(2026, 2, 28)
    assert freeze_due(date(2026, 3, 5)) == [end]
    assert kept(end) == oracle.recount(made, end)["region"]


def test_earlier_months_are_restored_once_when_the_load_has_settled(settings):
    settings.COVERAGE_RESTORED_MONTHS = 2
    made = support.random_region(Random(2))
    support.write_region(made)
    today = date(2026, 3, 2)
    assert freeze_due(today) == []
    sweep(today)
    assert freeze_due(today) == [], "cells are fresh: more may be coming"
    with rollup():
        Cell.objects.update(computed_at=timezone.now() - timedelta(minutes=5))
    ends = [date(2026, 1, 31), date(2026, 2, 28)]
    assert freeze_due(today) == ends
    for end in ends:
        assert kept(end) == oracle.recount(made, end)["region"]
    with region():
        assert set(Snapshot.objects.values_list("kind", flat=True)) == {"restored"}
    assert freeze_due(today) == []
