"""Schools dropped and restored while others work: beside them, as a copy, of an older version, killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from core.audit.models import AuditRecord
from core.tenancy import region, school
from schools.people.models import Person
from schools.people.rekeying import rekey_people
from tenants.provisioning.archive.asking import archive_to_file
from tenants.provisioning.archive.contents import LEFT_OUT
from tenants.provisioning.fingerprint import fingerprint
from tenants.registry.models import School, StateChange
from tenants.registry.routing import forget_routes, school_route
from tests.schools.rights.makers import TRACES, make_somebody, tables_that_speak_of
from tests.schools.rights.test_destruction import destroyed
from tests.support.database import ROOT
from tests.support.more_migrations import COLUMN, write_more
from tests.support.seeds import NOW, seed_all
from tests.support.world import SCHOOL_A, SCHOOL_B
from tests.tenants.provisioning.archive.contents_of import files_of, hashes_of
from tests.tenants.provisioning.migrator import as_migrator

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]

# Two runs of the provisioner's process and a whole restore each: a few seconds; its twin by day is test_round_trip.


def manage(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command as ``app``, which holds the owner's address for the provisioner it starts."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        **more,
    }
    return subprocess.run(
        [sys.executable, "platform/manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def fingerprint_of(schema: str) -> str:
    with region():
        return fingerprint(schema)


@pytest.fixture
def copied(tmp_path, forget_roles):
    """Archive school A and restore it under another code."""
    seed_all()
    with school(SCHOOL_A.schema):
        rekey_people()
    path = tmp_path / "a.zip"
    archive_to_file(code=SCHOOL_A.code, target=path, actor="test")
    done = manage("restore_school", str(path), "--code", "copy-a")
    assert done.returncode == 0, done.stderr
    with region():
        copy = School.objects.get(code="copy-a")
    forget_roles(copy.schema_name)
    return path, copy, json.loads(done.stdout)


def test_a_copy_stands_beside_its_school_and_after_a_drop_comes_back(copied, tmp_path, client_at):
    path, copy, told = copied
    other = hashes_of(SCHOOL_B.schema)
    own = hashes_of(SCHOOL_A.schema)
    files = files_of(SCHOOL_A.schema)
    rows = sum(n for n, _ in own.values()) - 1
    left_out = dict(LEFT_OUT)
    assert told == {"code": "copy-a", "rows": rows, "files": len(files), "is_copy": True, "left_out": left_out}
    scans = [content for (table, _, _), content in files.items() if table == "papers_attachment"]
    assert scans == [SCHOOL_A.canary.encode()] * 3
    assert files_of(copy.schema_name) == files
    assert copy.state == School.State.READY
    assert (copy.pk, copy.schema_name) != (SCHOOL_A.id, SCHOOL_A.schema)
    got = hashes_of(copy.schema_name)
    # Both have one line more in their audits: of the archive, of the restore.
    assert {name for name in own if own[name] != got[name]} == {"audit_auditrecord"}
    assert fingerprint_of(copy.schema_name) == fingerprint_of(SCHOOL_A.schema)
    assert client_at("copy-a").get("/").status_code == 302
    assert path.stat().st_mode & 0o777 == 0o600

    # Closed, archived again, dropped, restored in its own place.
    again = tmp_path / "copy.zip"
    with region():
        School.objects.filter(pk=copy.pk).update(state=School.State.CLOSED, closing_on=NOW.date())
    archive_to_file(code="copy-a", target=again, actor="test")
    before = hashes_of(copy.schema_name)
    assert manage("drop_school", "copy-a", "--yes").returncode == 0
    forget_routes()
    assert school_route("copy-a") is None
    done = manage("restore_school", str(again))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["is_copy"] is False
    after = hashes_of(copy.schema_name)
    assert {name for name in after if after[name] != before[name]} == {"audit_auditrecord"}
    assert files_of(copy.schema_name) == files
    with region():
        back = School.objects.get(code="copy-a")
        assert (back.pk, back.closing_on) == (copy.pk, None)
        states = list(StateChange.objects.filter(school=copy).order_by("at").values_list("state", flat=True))
        assert states == ["restoring", "ready", "restoring", "ready"]
        assert AuditRecord.objects.filter(action="school.restored").count() == 2
    assert hashes_of(SCHOOL_B.schema) == other


def test_whoever_was_destroyed_since_stays_destroyed(tmp_path, forget_roles, settings):
    settings.TOMBSTONES_FILE = str(tmp_path / "tombstones.jsonl")
    with school(SCHOOL_A.schema):
        person = make_somebody()
        assert tables_that_speak_of(*TRACES)
    path = tmp_path / "a.zip"
    archive_to_file(code=SCHOOL_A.code, target=path, actor="test")
    with school(SCHOOL_A.schema):
        destroyed(person)
        left = Person.objects.exclude(destroyed_at=None).count()
    done = manage("restore_school", str(path), "--code", "copy-a", TOMBSTONES_FILE=settings.TOMBSTONES_FILE)
    assert done.returncode == 0, done.stderr
    with region():
        schema = School.objects.get(code="copy-a").schema_name
    forget_roles(schema)
    with school(schema):
        assert tables_that_speak_of(*TRACES) == {}
        assert Person.objects.exclude(destroyed_at=None).count() == left == 1


def test_refusals_write_nothing(tmp_path):
    seed_all()
    path = tmp_path / "a.zip"
    archive_to_file(code=SCHOOL_A.code, target=path, actor="test")
    with region():
        schools = set(School.objects.values_list("pk", "state"))
    for arguments in ((), ("--code", SCHOOL_B.code), ("--code", "region")):
        done = manage("restore_school", str(path), *arguments)
        assert done.returncode == 2, done.stderr
        assert "занят" in done.stderr
    bad = tmp_path / "bad.zip"
    bad.write_bytes(path.read_bytes()[:-1] + b"x")
    done = manage("restore_school", str(bad), "--code", "new-one")
    assert (done.returncode, "повреждён" in done.stderr) == (2, True)
    with region():
        assert set(School.objects.values_list("pk", "state")) == schools
    assert manage("archive_school", SCHOOL_A.code, str(path)).returncode == 2


@pytest.mark.parametrize("point", ["before loading", "after loading", "before it is ready"])
def test_a_killed_restore_leaves_nothing_open_and_is_completed(tmp_path, forget_roles, client_at, point):
    path = tmp_path / "a.zip"
    archive_to_file(code=SCHOOL_A.code, target=path, actor="test")
    killed = subprocess.run(
        [sys.executable, "-m", "tests.tenants.provisioning.archive.killed", point, str(path)],
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
    with region():
        between = School.objects.get(code="killed")
    forget_roles(between.schema_name)
    assert between.state == School.State.RESTORING
    assert client_at("killed").get("/").status_code == 404
    done = manage("restore_school", str(path), "--code", "killed")
    assert done.returncode == 0, done.stderr
    forget_routes()
    assert client_at("killed").get("/").status_code == 302
    with school(between.schema_name):
        assert Person.objects.count() == 2
        assert AuditRecord.objects.filter(action="school.restored").count() == 1
    assert fingerprint_of(between.schema_name) == fingerprint_of(SCHOOL_A.schema)


def test_an_older_archive_is_migrated_and_a_newer_one_refused(tmp_path, forget_roles):
    path, newer = tmp_path / "a.zip", tmp_path / "newer.zip"
    archive_to_file(code=SCHOOL_A.code, target=path, actor="test")
    later = write_more(tmp_path, "later_consents", remark=("", COLUMN))
    done = manage("restore_school", str(path), "--code", "older", **later)
    assert done.returncode == 0, done.stderr
    with region():
        schema = School.objects.get(code="older").schema_name
    forget_roles(schema)
    assert as_migrator("platform/manage.py", "migrate_schools", more=later).returncode == 0
    assert fingerprint_of(schema) == fingerprint_of(SCHOOL_A.schema)
    with school(schema), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(remark) FROM consents_consent")
        assert cursor.fetchone() == (1, "")
    # The schools are a version ahead of this process now.
    assert manage("archive_school", SCHOOL_A.code, str(newer), **later).returncode == 0
    done = manage("restore_school", str(newer), "--code", "too-new")
    assert (done.returncode, "более новой версией" in done.stderr) == (2, True)
    with region():
        assert not School.objects.filter(code="too-new").exists()
