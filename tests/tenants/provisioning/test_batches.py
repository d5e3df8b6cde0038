"""How many schools of the fleet wait together: fewer where it takes long, none after a spare's canary that misled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from core.tenancy import region
from tenants.provisioning import fleet
from tenants.provisioning.fleet import CANARIES, FleetReport, Place, _migrate_rest, _one_by_one
from tenants.provisioning.models import SchoolSchema
from tenants.registry.models import School
from tests.support.world import SCHOOL_A, SCHOOL_B

PLAN: Any = SimpleNamespace(fingerprint="")
SCHOOLS = [f"s_{number:012d}" for number in range(40)]


@pytest.fixture
def batches(monkeypatch):
    """Let batches take as long as ``seconds`` says for each school, and fail where ``broken``; give their sizes."""
    world = SimpleNamespace(sizes=[], seconds=0.0, broken=False, now=0.0)

    def migrate(_plan: Any, batch: list[str], report: FleetReport) -> tuple[list[str], list[str]]:
        world.sizes.append(len(batch))
        world.now += world.seconds * len(batch)
        if world.broken:
            report.failed |= dict.fromkeys(batch, "DivisionByZero")
            return [], []
        report.migrated += batch
        return batch, []

    monkeypatch.setattr(fleet, "_migrate_batch", migrate)
    monkeypatch.setattr(fleet, "time", SimpleNamespace(monotonic=lambda: world.now))
    return world


def run(*, is_proven: bool = True, place: Place = Place.WORKING) -> FleetReport:
    report = FleetReport()
    names = dict.fromkeys(SCHOOLS, place)
    _migrate_rest(PLAN, list(SCHOOLS), report, names=names, is_proven=is_proven, verify=False)
    return report


def test_a_quick_fleet_goes_in_tens(batches):
    assert run().migrated == SCHOOLS
    assert batches.sizes == [2, 4, 8, 10, 10, 6]


def test_schools_that_wait_long_wait_in_smaller_company(batches):
    batches.seconds = 0.2
    assert run().migrated == SCHOOLS
    assert set(batches.sizes) == {2, 4}
    batches.sizes.clear()
    batches.seconds = 2.0
    assert run().migrated == SCHOOLS
    assert batches.sizes == [2, *[1] * 38]


def test_a_spare_proves_nothing_about_schools_with_rows(batches):
    batches.broken = True
    report = run(is_proven=False)
    assert (report.is_stopped, len(report.failed)) == (True, 6)
    # One that Django has migrated at work has proven it: the broken are set aside, however many.
    assert len(run().failed) == len(SCHOOLS)


def test_closed_schools_that_fail_are_left_and_stop_nobody(batches):
    batches.broken = True
    report = run(is_proven=False, place=Place.CLOSED)
    assert (report.is_stopped, len(report.failed)) == (False, 6)


def test_a_closed_school_whose_schema_stands_is_migrated_last(db):
    with region():
        assert not fleet.waiting()
        School.objects.filter(pk=SCHOOL_A.id).update(state=School.State.CLOSED)
        SchoolSchema.objects.update(migration_set="0" * 64)
        dropped = School(schema_name="s_fffffffffff2", code="dropped", title="Школа", state=School.State.CLOSED)
        School.objects.bulk_create([dropped])
        assert fleet.waiting() == [
            (SCHOOL_B.schema, "0" * 64, Place.WORKING),
            (SCHOOL_A.schema, "0" * 64, Place.CLOSED),
        ]


@pytest.fixture
def alone(monkeypatch):
    """Let Django's own migration of a school give a fingerprint, or fail with a kind of error; give who was asked."""
    world = SimpleNamespace(marks={}, errors={}, asked=[])

    def migrate(name: str) -> str:
        world.asked.append(name)
        if error := world.errors.get(name):
            raise error
        return str(world.marks.get(name, "alike"))

    def note(name: str, kind: str, report: FleetReport) -> None:
        report.failed[name] = kind

    monkeypatch.setattr(fleet, "migrate_school_schema", migrate)
    monkeypatch.setattr(fleet, "_note_failure", note)
    monkeypatch.setattr(fleet, "_note_difference", lambda name, report: report.differing.append(name))
    monkeypatch.setattr(fleet, "time", SimpleNamespace(sleep=lambda seconds: None))
    return world


def one_by_one(*, place: Place = Place.WORKING, verify: bool = True) -> FleetReport:
    report = FleetReport()
    _one_by_one(SCHOOLS, dict.fromkeys(SCHOOLS, place), report, verify=verify)
    return report


def test_outside_transactions_catalogues_are_compared_too(alone):
    alone.marks[SCHOOLS[7]] = "other"
    report = one_by_one()
    assert (report.migrated, report.differing, report.failed) == (SCHOOLS, [SCHOOLS[7]], {})
    assert one_by_one(verify=False).differing == []


@pytest.mark.parametrize("place", Place)
def test_outside_transactions_three_that_fail_stop_the_rest(alone, place):
    alone.errors = dict.fromkeys(SCHOOLS, ZeroDivisionError())
    report = one_by_one(place=place)
    assert (report.is_stopped, len(report.failed)) == (place is not Place.CLOSED, CANARIES)
    # Spares have no rows and prove nothing; a school at work that is done proves it.
    del alone.errors[SCHOOLS[0]]
    report = one_by_one(place=place)
    assert len(report.failed) == (CANARIES if place is Place.SPARE else len(SCHOOLS) - 1)


def test_outside_transactions_a_lock_is_waited_for(alone):
    held = OperationalError()
    held.__cause__ = LockNotAvailable()
    alone.errors = {SCHOOLS[1]: held}
    report = one_by_one()
    assert report.failed == {SCHOOLS[1]: "LockNotAvailable"}
    assert alone.asked.count(SCHOOLS[1]) == 3
