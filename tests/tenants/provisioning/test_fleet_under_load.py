"""P18: an update killed twice in the middle of 300 schools at work: no failed request, one catalogue at the end.

The web server is production's, with the former code; visitors read and write in schools of both versions. A short
run: ``FLEET_SCHOOLS=60``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.benchmarks.soak.installation import Installation, installation
from tests.benchmarks.soak.traffic import CONSENT, READS, Act, Visitors
from tests.support.database import ROOT, superuser_url
from tests.support.more_migrations import COLUMN, INDEX, SET_STEP, TABLE, write_more

SCHOOLS = int(os.environ.get("FLEET_SCHOOLS", "300"))
RATE = float(os.environ.get("FLEET_RATE", "12"))
VISITORS = 10
SPARES = 2
WARM_SECONDS = 45
# What is left to do when the run is killed.
LEFT = (0.8, 0.45)
ACTS: tuple[Act, ...] = (*READS, CONSENT)

# The catalogues of all schools by the version that the ledger says.
_CATALOGUES = """
import django, json
django.setup()
from core.tenancy import region
from tenants.provisioning.fingerprint import fingerprint
from tenants.provisioning.models import SchoolSchema
marks = {}
with region():
    for row in SchoolSchema.objects.all():
        marks.setdefault(row.migration_set, set()).add(fingerprint(row.schema_name))
print(json.dumps({version: len(found) for version, found in marks.items()}))
"""
_BEHIND = "SELECT count(*) FROM region.provisioning_schoolschema WHERE migration_set = '{}'"
_MIGRATED = """
SELECT s.code, extract(epoch FROM l.changed_at)::float8 FROM region.registry_school s
  JOIN region.provisioning_schoolschema l USING (schema_name)
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """A production installation with its web server; roles of its schools go with it."""
    names: list[str] = []
    try:
        with installation(SCHOOLS - 2, services=("web",)) as made:
            pool = [sys.executable, "-m", "config.cli", "provision_pending"]
            subprocess.run(pool, cwd=ROOT, env=made.owner(SPARE_SCHOOLS=str(SPARES)), check=True)
            names += [name for (name,) in made.ask("SELECT schema_name FROM region.provisioning_schoolschema")]
            assert len(names) == SCHOOLS + SPARES
            yield made
    finally:
        with psycopg.connect(superuser_url(), autocommit=True) as cluster:
            for name in names:
                # Those of the check's two schools belong to its template.
                with suppress(psycopg.errors.DependentObjectsStillExist):
                    cluster.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def catalogues(running: Installation) -> Counter[str]:
    """Return, for each version that schools stand at, how many different catalogues they have."""
    done = subprocess.run(
        [sys.executable, "-c", _CATALOGUES],
        cwd=ROOT,
        env=running.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return Counter(json.loads(done.stdout))


def killed(running: Installation, command: list[str], environment: dict[str, str], stands: str, least: int) -> int:
    """Start the update and kill it when so many schools are still behind; return how many are."""
    with psycopg.connect(superuser_url(running.database), autocommit=True) as connection:

        def behind() -> int:
            found = connection.execute(_BEHIND.format(stands)).fetchone()
            return int(found[0]) if found else 0

        log = running.folder / "update.log"
        with log.open("ab") as out:
            update = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        while behind() > least:
            assert update.poll() is None, log.read_text(errors="replace")[-3000:]
            time.sleep(0.005)
        update.kill()
        assert update.wait() == -9
        return behind()


def asked(visitors: Visitors, running: Installation, begin: float, end: float) -> Counter[str]:
    """Count the answers between two moments: reads and writes, in schools already migrated and not yet."""
    moved = dict(running.ask(_MIGRATED))
    clock = time.time() - time.monotonic()
    counts: Counter[str] = Counter()
    for answer in visitors.answers:
        if not begin <= answer.at <= end:
            continue
        what = "writes" if answer.name == CONSENT.name else "reads"
        if answer.at + clock > moved[answer.code]:
            counts[f"{what} in migrated schools"] += 1
        elif answer.at + answer.seconds + clock < moved[answer.code]:
            counts[f"{what} in schools not yet migrated"] += 1
        else:
            counts[f"{what} at the very moment"] += 1
    return counts


@pytest.mark.nightly
def test_an_update_killed_in_the_middle_interrupts_nobody(running: Installation, tmp_path: Path) -> None:
    more = write_more(
        tmp_path,
        "update",
        more=("", f"{COLUMN}, {INDEX}, {TABLE}"),
        data=(SET_STEP, "migrations.RunPython(number)"),
    )
    environment = running.owner(
        DJANGO_SETTINGS_MODULE="tests.tenants.provisioning.next_release", SPARE_SCHOOLS="0", **more
    )
    command = [sys.executable, "-m", "config.cli", "migrate_schools"]
    ((stands,),) = running.ask("SELECT DISTINCT migration_set FROM region.provisioning_schoolschema")
    consents = _consents(running)
    visitors = Visitors(running.port, running.schools, running.region, RATE, people=VISITORS, seed=18, acts=ACTS)
    visitors.start()
    # The first pages of a new process are slow, and a school that asks for them uses up its share: not the update's.
    time.sleep(WARM_SECONDS)
    begin = time.monotonic()
    between = []
    for share in LEFT:
        between.append(killed(running, command, environment, stands, int(SCHOOLS * share)))
        # Nobody hurries: schools of both versions are at work, and each version has one catalogue.
        assert sorted(catalogues(running).values()) == [1, 1]
    with (running.folder / "update.log").open("ab") as out:
        finished = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=out, stderr=out)
    end = time.monotonic()
    time.sleep(5)
    visitors.stop()
    assert finished.returncode == 0, _told(running, begin, end)
    faults = [answer for answer in visitors.answers if answer.fault and answer.at >= begin]
    if faults:
        print("\n".join([*_told(running, begin, end), *map(str, faults), *_lines(running, '"status": 503')]))
    assert not faults
    assert SCHOOLS > between[0] > between[1] > 0
    marks = catalogues(running)
    assert (list(marks.values()), stands in marks) == ([1], False)
    counts = asked(visitors, running, begin, end)
    for what in ("reads", "writes"):
        assert counts[f"{what} in migrated schools"] > 5
        assert counts[f"{what} in schools not yet migrated"] > 5
    written = sum(answer.name == CONSENT.name and not answer.fault for answer in visitors.answers)
    assert _consents(running) == consents + written
    judged = [answer for answer in visitors.answers if answer.at >= begin]
    slowest = max(answer.seconds for answer in judged)
    print(
        f"P18: {SCHOOLS} schools, killed with {between} behind, finished by the same command; "
        f"{len(judged)} answers of production's web server, 0 failed, the slowest {slowest:.2f} s; "
        f"during the update {end - begin:.0f} s: {dict(counts)}; one catalogue per version"
    )


def _told(running: Installation, begin: float, end: float) -> list[str]:
    """What the update said of its batches, and how long it took: for whoever looks for the cause of a failure."""
    log = (running.folder / "update.log").read_text(errors="replace").splitlines()
    return [f"{end - begin:.0f} s", *log[-40:]]


def _lines(running: Installation, words: str) -> list[str]:
    return [line for line in running.log("web").splitlines() if words in line]


def _consents(running: Installation) -> int:
    """Count the consents of all schools: none that was answered for may be lost."""
    schools = running.ask("SELECT schema_name FROM region.registry_school")
    counted = " UNION ALL ".join(f"SELECT count(*) AS n FROM {name}.consents_consent" for (name,) in schools)
    ((number,),) = running.ask(f"SELECT sum(n)::int FROM ({counted}) AS each")
    return int(number)
