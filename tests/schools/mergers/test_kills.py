"""kill −9 in the middle of each step, in a process of its own; the next try completes the merger."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from core.audit.models import AuditRecord
from core.tenancy import region, school, shared
from schools.people.models import Person
from tenants.mergers.models import Merger, MergerPart
from tenants.registry.models import School
from tests.schools.mergers.hands import agreed, asked, begun, drive
from tests.support.database import ROOT
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.nightly]
POINTS = {
    "store_parts": SCHOOL_B,
    "unpack": SCHOOL_A,
    "join_people": SCHOOL_A,
    "forget_parts": SCHOOL_A,
    "note_step": SCHOOL_A,
}


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_merger_is_completed(point, settings):
    settings.MERGER_QUIET_SECONDS = 0
    key = asked()
    agreed(key)
    begun(key)
    with school(SCHOOL_A.schema):
        before = Person.objects.count()
    if point != "store_parts":
        from schools.mergers import taking

        with school(SCHOOL_B.schema):
            taking.hand_over(key)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.schools.mergers.killed", point, POINTS[point].schema, str(key)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == before
        with shared():
            assert MergerPart.objects.exists() is (point != "store_parts")
    drive()
    with region():
        assert Merger.objects.get(pk=key).state == Merger.State.DONE
        assert School.objects.get(pk=SCHOOL_B.id).state == School.State.CLOSED
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2 * before
        assert AuditRecord.objects.filter(action="merger.taken").count() == 1
        with shared():
            assert not MergerPart.objects.exists()
