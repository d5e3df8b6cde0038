"""P18: an update killed twice in the middle of 300 schools at work: no failed request, one catalogue at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from random import Random
from threading import Event, Thread

import pytest
from django.db import connection
from django.test import Client

from core.tenancy import region, school
from schools.consents.models import Consent
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.models import SchoolSchema
from tenants.registry.models import School
from tests.support.database import ROOT
from tests.support.more_migrations import COLUMN, INDEX, TABLE, write_more
from tests.tenants.provisioning.migrator import as_migrator, variables
from tests.tenants.provisioning.test_fleet import _SCHOOLS

SCHOOLS = 300


class Load(Thread):
    """Somebody who opens pages and reads consents of one school after another until told to stop."""

    def __init__(self, places: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.places = list(places.items())
        self.stopped = Event()
        self.answered = 0
        self.failures: list[str] = []

    def run(self) -> None:
        """Ask and ask."""
        random = Random(18)
        while not self.stopped.is_set():
            code, schema = random.choice(self.places)
            try:
                status = Client(SERVER_NAME=f"{code}.localhost").get("/accounts/login/").status_code
                with school(schema):
                    list(Consent.objects.all())
                if status != 200:
                    self.failures.append(f"{code}: {status}")
            except Exception as error:  # noqa: BLE001  whatever fails is a failed request
                self.failures.append(f"{code}: {type(error).__name__}")
            self.answered += 1
        connection.close()


def behind(stands: str) -> int:
    with region():
        return SchoolSchema.objects.filter(migration_set=stands).count()


@pytest.mark.nightly
@pytest.mark.django_db(transaction=True)
def test_an_update_killed_in_the_middle_interrupts_nobody(forget_roles, tmp_path):
    done = as_migrator("-c", _SCHOOLS.replace("NUMBER", str(SCHOOLS - 2)), timeout=300)
    assert done.returncode == 0, done.stderr
    with region():
        places = dict(School.objects.values_list("code", "schema_name"))
        (stands,) = set(SchoolSchema.objects.values_list("migration_set", flat=True))
    for code, name in places.items():
        if code.startswith("fleet-"):
            forget_roles(name)
    assert len(places) == SCHOOLS
    environment = variables(more=write_more(tmp_path, "update", more=("", f"{COLUMN}, {INDEX}, {TABLE}")))
    command = [sys.executable, "platform/manage.py", "migrate_schools", "--no-verify"]
    load = Load(places)
    load.start()
    between = []
    for least in (SCHOOLS - 60, SCHOOLS - 160):
        run = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        while behind(stands) > least:
            assert run.poll() is None
            time.sleep(0.005)
        run.kill()
        assert run.wait() == -9
        between.append(behind(stands))
    finished = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    load.stopped.set()
    load.join()
    assert finished.returncode == 0, finished.stderr
    assert load.failures == []
    assert load.answered > 50
    assert SCHOOLS > between[0] > between[1] > 0
    assert behind(stands) == 0
    with region():
        assert len({fingerprint(name) for name in places.values()}) == 1
    print(f"P18: killed with {between} of {SCHOOLS} behind, {load.answered} requests, 0 failed")
