"""P7 with a real worker: whatever a task leaves behind, the next one in its process finds itself in its own school."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from deploy.launch import children
from deploy.launch.valkey import Valkey
from tests.faults.region import eventually
from tests.support.database import ROOT, clone, drop, ensure_template, superuser_url
from tests.support.world import SCHOOL_A, SCHOOL_B

pytestmark = pytest.mark.nightly

PLACES = {"witness.region": "region", "witness.rollup": "rollup"}
CANARY = {seed.schema: seed.canary for seed in (SCHOOL_A, SCHOOL_B)}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a broker of another account can enter."""
    made = Path(tempfile.mkdtemp(prefix="mentoring-witness-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def environment(folder: Path) -> Iterator[dict[str, str]]:
    """What worker and publisher run with: a database and a broker of their own."""
    name = f"witness_{os.getpid()}_{uuid4().hex[:6]}"
    clone(ensure_template(), name)
    valkey = Valkey(folder, folder, "witness")
    valkey.start(0)
    yield {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_DATABASE_NAME": name,
        "REDIS_URL": valkey.url(),
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "WITNESS_NOTES": str(folder / "notes"),
    }
    valkey.stop()
    drop(name)


@pytest.fixture
def worker(folder: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A prefork worker with two processes."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery_app", "worker", "-c", "2", "-Q", "default,rollup"]
    command += ["--include", "tests.faults.witness", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    log = folder / "worker.log"
    child = children.spawn(command, log=log, environment=environment, folder=ROOT)
    eventually(lambda: '"worker_ready"' in log.read_text(), 90, log.read_text)
    yield child
    children.finish(child, children.POLITE, 20)


def notes_in(folder: Path) -> list[dict[str, Any]]:
    """Everything written down so far."""
    path = folder / "notes"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def is_right(note: dict[str, Any], expected: tuple[str, str, int]) -> bool:
    """Say whether a task found itself where it belongs, and nowhere else."""
    schema, task, _ = expected
    place = schema or PLACES[task]
    path = f"{schema}, ext" if schema else "region, ext"
    return (
        (note["task"], note["header"], note["role"], note["login"]) == (task, schema, place, "app")
        and note["path"].replace('"', "") == path
        and note["canaries"] == ([CANARY[schema]] if schema else [])
    )


def written(database: str, schema: str) -> Counter[int]:
    """Count the rows that tasks left in a school, by the number of the task."""
    with psycopg.connect(superuser_url(database)) as connection:
        table = sql.Identifier(schema, "people_schoolclass")
        rows = connection.execute(sql.SQL("SELECT title FROM {} WHERE title LIKE '%-%'").format(table)).fetchall()
    return Counter(int(title.partition("-")[0]) for (title,) in rows)


def test_every_task_finds_itself_in_its_own_school(
    folder: Path, environment: dict[str, str], worker: subprocess.Popen[bytes]
) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.publisher", str(seed)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    expected = {int(number): tuple(what) for number, what in told["expected"].items()}
    refused = {int(number): why for number, why in told["refused"].items()}

    def missing() -> dict[int, tuple[str, str, int]]:
        times = Counter(note["number"] for note in notes_in(folder))
        return {number: what for number, what in expected.items() if times[number] < what[2]}

    eventually(lambda: not missing(), 120, lambda: f"seed {seed}: {missing()}")
    time.sleep(2)

    notes = notes_in(folder)
    wrong = [note for note in notes if note["number"] not in expected or not is_right(note, expected[note["number"]])]
    assert wrong == [], f"seed {seed}"
    assert not {note["number"] for note in notes} & refused.keys()
    for seed_school in (SCHOOL_A, SCHOOL_B):
        mine = Counter(note["number"] for note in notes if note["role"] == seed_school.schema)
        assert written(environment["TEST_DATABASE_NAME"], seed_school.schema) == mine

    places_of: dict[int, set[str]] = defaultdict(set)
    for note in notes:
        places_of[note["pid"]].add(note["role"])
    both = sum({SCHOOL_A.schema, SCHOOL_B.schema} <= places for places in places_of.values())
    kinds = Counter(task for _, task, _ in expected.values())
    print(
        f"P7 seed {seed}: {len(expected)} tasks {dict(kinds)} ran {len(notes)} times in {len(places_of)} processes "
        f"({both} served both schools), {len(refused)} smuggled ones refused, 0 wrong schools, "
        f"in {time.monotonic() - begin:.0f} s"
    )
    assert len(expected) >= 200
    assert len(refused) >= 9
    assert both >= 2
    assert min(kinds[name] for name in ("witness.fail", "witness.break_sql", "witness.again", "witness.die")) >= 2
