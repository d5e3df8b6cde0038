"""A school moves: archived in one installation, restored in another with a server, secrets and a region of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from core.tenancy import region, school
from schools.pairs.models import Pair
from schools.people.models import Person
from schools.people.rekeying import rekey_people
from tenants.provisioning.archive.contents import LEFT_OUT
from tenants.reference.models import Form
from tenants.tombstones.services import journal_everything
from tests.deploy.production import KEY, PEPPER, collect_static, free_port, get, gunicorn, wait_for_web
from tests.faults.test_backup import Installation
from tests.schools.rights.makers import make_somebody
from tests.schools.rights.test_destruction import destroyed
from tests.support import world
from tests.support.seeds import seed_all
from tests.support.world import SCHOOL_A
from tests.tenants.provisioning.archive import elsewhere
from tests.tenants.provisioning.archive.test_restore import manage

pytestmark = [pytest.mark.nightly, pytest.mark.django_db(transaction=True)]

OF_THE_FIRST = "of-the-first"
PAGES = ("/", "/people/", f"/people/{world.MENTEE}/", "/pairs/", f"/pairs/{world.PAIR}/")
COLLECTED = Path("static")


@pytest.fixture
def far() -> Iterator[Installation]:
    """Another installation at work: its own server, its own secrets, a region with a school in it."""
    folder = Path(tempfile.mkdtemp(prefix="mentoring-far-"))
    folder.chmod(0o755)
    made = Installation(folder, folder / "backups")
    try:
        made.server.start(0)
        made.must("sh", "deploy/migrate.sh", owner=True)
        told(made, "furnish", owner=True, DOOR_LOGIN="migrator")
        yield made
    finally:
        made.server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def told(far: Installation, *words: str, **more: Any) -> Any:
    """Do something inside the other installation; return what it tells."""
    return json.loads(far.must(sys.executable, "-m", elsewhere.__name__, *words, **more))


def restore(far: Installation, path: Path) -> subprocess.CompletedProcess[str]:
    """Restore by the product's command, which holds the owner's address for the provisioner it starts."""
    return far.run(sys.executable, "-m", "config.cli", "restore_school", str(path), owner=True)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, dict[str, Any]]:
    """An archive of school A, the journal of whoever was destroyed there since, and what stood there between."""
    monkeypatch.setattr(settings, "TOMBSTONES_FILE", str(tmp_path / "tombstones.jsonl"))
    with region():
        Form.objects.create(code=OF_THE_FIRST, title="Там так", mentor_kinds=["teacher"], mentee_kinds=["pupil"])
    with school(SCHOOL_A.schema):
        person = make_somebody()
        Pair.objects.filter(mentor_id=person.pk).update(form_code=OF_THE_FIRST)
    seed_all()
    with school(SCHOOL_A.schema):
        rekey_people()
    path = tmp_path / "a.zip"
    done = manage("archive_school", SCHOOL_A.code, str(path))
    assert done.returncode == 0, done.stderr
    stood = elsewhere.facts(SCHOOL_A.code)
    with school(SCHOOL_A.schema):
        destroyed(person)
    assert journal_everything() == 1
    return path, tmp_path / "tombstones.jsonl", stood


def test_a_school_moves_into_another_installation(archive, far):
    path, journal, stood = archive
    assert settings.SECRET_KEY != KEY
    assert settings.PERSON_KEY_PEPPER != PEPPER
    neighbour = told(far, "facts", elsewhere.OWN_SCHOOL)
    # What the other region does not know is named, and nothing is written there.
    refused = restore(far, path)
    assert (refused.returncode, OF_THE_FIRST in refused.stderr) == (2, True), refused.stderr
    assert told(far, "facts", elsewhere.OWN_SCHOOL) == neighbour
    told(far, "add_form", OF_THE_FIRST)

    done = restore(far, path)
    assert done.returncode == 0, done.stderr
    rows = sum(count for count, _ in stood["tables"].values()) - 1
    assert json.loads(done.stdout) == {
        "code": SCHOOL_A.code, "rows": rows, "files": len(stood["files"]), "is_copy": False, "left_out": dict(LEFT_OUT),
    }  # fmt: skip
    came = told(far, "facts", SCHOOL_A.code)
    _is_the_same_school(came, stood)
    assert came["schools"] == {**neighbour["schools"], SCHOOL_A.code: "ready"}

    _destroyed_stay_destroyed(far, journal)
    after = told(far, "facts", elsewhere.OWN_SCHOOL)
    assert {**after, "schools": neighbour["schools"]} == neighbour
    answered = _pages_answer(far)
    print(
        f"{rows} rows of {len(stood['tables'])} tables, {len(stood['files'])} files, {len(stood['catalogue'])} facts "
        f"of the catalogue equal in another installation; {len(came['keys'])} keys made anew; {answered} pages answer"
    )


def test_a_journal_that_comes_first_keeps_the_destroyed_from_ever_being_seen(archive, far):
    path, journal, _stood = archive
    told(far, "add_form", OF_THE_FIRST)
    said = far.must(sys.executable, "-m", "config.cli", "replay_destructions", "--journal", str(journal))
    assert said == "0 people destroyed again, 1 tombstones added to the journal\n"
    done = far.run(
        sys.executable, "-m", "config.cli", "restore_school", str(path), "--code", "under-another", owner=True
    )
    assert done.returncode == 0, done.stderr
    assert told(far, "traces", "under-another") == []


def _is_the_same_school(came: dict[str, Any], stood: dict[str, Any]) -> None:
    """Rows, files, constraints, rights and the school's own row are equal, but for the audit and the keys of people."""
    assert came["schema"] == stood["schema"]
    assert came["school"] == stood["school"]
    different = {name for name in stood["tables"] if came["tables"].get(name) != stood["tables"][name]}
    # Each has one line of its own: of the archive, of the restore.
    assert different == {"audit_auditrecord"}
    assert came["tables"].keys() == stood["tables"].keys()
    assert came["tables"]["audit_auditrecord"][0] == stood["tables"]["audit_auditrecord"][0]
    assert came["files"] == stood["files"]
    assert len(stood["files"]) >= 5
    assert came["catalogue"] == stood["catalogue"]
    # Keys depend on the pepper: all of them are there, made anew, and none is the former one.
    assert came["keys"].keys() == stood["keys"].keys()
    assert (came["keys_of_here"], stood["keys_of_here"]) == (True, True)
    assert set(came["keys"].values()).isdisjoint(stood["keys"].values())


def _destroyed_stay_destroyed(far: Installation, journal: Path) -> None:
    assert told(far, "traces", SCHOOL_A.code)
    replay = (sys.executable, "-m", "config.cli", "replay_destructions", "--journal", str(journal))
    assert far.must(*replay) == "1 people destroyed again, 1 tombstones added to the journal\n"
    assert told(far, "traces", SCHOOL_A.code) == []
    assert far.must(*replay) == "0 people destroyed again, 0 tombstones added to the journal\n"
    with school(SCHOOL_A.schema):
        left = Person.objects.exclude(destroyed_at=None).count()
    assert left == 1


def _pages_answer(far: Installation) -> int:
    """A coordinator of the school reads its pages from the web server that was here before the school came."""
    environment = {**far.environment(), "STATIC_ROOT": str(far.folder / COLLECTED)}
    collect_static(environment)
    port, log = free_port(), far.folder / "web.log"
    web = gunicorn(environment, port, log)
    try:
        wait_for_web(web, port, log, 90)
        cookie = f"sessionid={told(far, 'session', SCHOOL_A.code)}"
        host = f"{SCHOOL_A.code}.nastavnik.example"
        for page in PAGES:
            status, _headers, body = get(port, page, host, patience=60, Cookie=cookie)
            assert status == 200, (page, status, log.read_text(errors="replace")[-2000:])
            assert SCHOOL_A.title in body.decode()
        seen = get(port, PAGES[2], host, patience=60, Cookie=cookie)[2].decode()
        assert SCHOOL_A.canary in seen
        # Nobody of the neighbours' hosts takes this session.
        foreign = get(port, "/people/", f"{elsewhere.OWN_SCHOOL}.nastavnik.example", patience=60, Cookie=cookie)
        assert foreign[0] == 302
    finally:
        web.terminate()
        web.wait(90)
    return len(PAGES)
