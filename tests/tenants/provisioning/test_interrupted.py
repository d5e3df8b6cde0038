"""A provisioner killed at any step leaves a school that the next run completes."""

from __future__ import annotations

import json

import pytest

from core.tenancy import region, school
from schools.people.models import Person
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.services import create_school
from tenants.registry.models import School, StateChange
from tenants.registry.routing import forget_routes, school_route
from tests.support import world
from tests.tenants.provisioning.interrupted import POINTS
from tests.tenants.provisioning.migrator import as_migrator

# The daily check takes the likeliest to go wrong.
DAILY = ("half-way through the script", "before ready is committed")
NIGHTLY = tuple(point for point in POINTS if point not in DAILY)


def fingerprint_of(schema: str) -> str:
    with region():
        return fingerprint(schema)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "points", [pytest.param(DAILY, id="daily"), pytest.param(NIGHTLY, id="nightly", marks=pytest.mark.nightly)]
)
def test_a_killed_provisioner_is_completed_by_the_next_run(actor, client_at, forget_roles, points):
    with region():
        schools = [
            create_school(actor=actor, code=f"kill-{number}", title=f"Школа {number}", district=None)
            for number in range(len(points))
        ]
    for row in schools:
        forget_roles(row.schema_name)
        assert school_route(row.code) is None
        assert client_at(row.code).get("/").status_code == 404
    arguments = [word for row, point in zip(schools, points, strict=True) for word in (str(row.pk), point)]
    done = as_migrator("-m", "tests.tenants.provisioning.interrupted", *arguments)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [row["point"] for row in results] == list(points)
    assert {(row["signal"], row["between"], row["retry"], row["state"]) for row in results} == {
        (9, "creating", 0, "ready")
    }, done.stderr
    forget_routes()
    expected = fingerprint_of(world.SCHOOL_A.schema)
    for row in schools:
        assert fingerprint_of(row.schema_name) == expected, row.code
        assert school_route(row.code).schema_name == row.schema_name
        with school(row.schema_name):
            assert not Person.objects.exists()
    with region():
        changes = StateChange.objects.filter(school__in=schools).values_list("state", flat=True)
        assert sorted(changes) == ["creating"] * len(points) + ["ready"] * len(points)
    print(f"killed and completed: {len(results)} of {len(points)} points")


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_one_failing_school_does_not_stop_the_rest(actor, forget_roles):
    with region():
        broken = create_school(actor=actor, code="broken", title="Сломанная", district=None)
        School.objects.filter(pk=broken.pk).update(schema_name="not_a_schema")
        sound = create_school(actor=actor, code="sound", title="Исправная", district=None)
    forget_roles(sound.schema_name)
    done = as_migrator("platform/manage.py", "provision_pending")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "sound"), done.stderr
    with region():
        assert School.objects.get(pk=sound.pk).state == School.State.READY
        failed = School.objects.get(pk=broken.pk)
        assert (failed.state, failed.last_error) == (School.State.CREATING, "ValueError")
    again = as_migrator("platform/manage.py", "provision_pending")
    assert again.returncode == 0
    assert "sound" not in again.stdout.splitlines()
