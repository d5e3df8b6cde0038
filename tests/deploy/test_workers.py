"""The workers of production, started with the commands of the compose file; nightly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from celery import Celery

from tests.deploy.production import PEPPER, ROOT, free_port, get, production_database, variables
from tests.support.database import superuser_url
from tests.support.world import SCHOOL_A

pytestmark = pytest.mark.nightly
CANARY = "Канарейкопевцев"

SERVICES = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]


def command_of(service: str) -> list[str]:
    """The service's command, its variables at their defaults."""
    return [part.replace("${WORKER_PROCESSES:-2}", "2") for part in SERVICES[service]["command"]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a worker; a broker's database that no other test's tasks are in."""
    broker = urlsplit(os.environ.get("REDIS_URL", ""))
    if not broker.hostname:
        pytest.skip("no broker is given")
    with production_database() as database:
        yield variables(
            database, tmp_path_factory.mktemp("worker") / "static", REDIS_URL=broker._replace(path="/13").geturl()
        )


def migrators(environment: dict[str, str]) -> dict[str, str]:
    """The same with the owner's address."""
    name = environment["DATABASE_URL"].rsplit("/", 1)[1]
    cluster = urlsplit(superuser_url(name))
    address = f"postgresql://migrator:test-only-migrator@{cluster.hostname}:{cluster.port}/{name}"
    return {**environment, "DATABASE_ADMIN_URL": address, "DOOR_LOGIN": "migrator"}


@pytest.mark.parametrize("service", ["worker", "provisioner"])
def test_a_worker_starts_answers_and_leaves(environment: dict[str, str], service: str, tmp_path: Path):
    mine = migrators(environment) if service == "provisioner" else environment
    # The check may run as root, of which Celery warns in words of its own; the container does not.
    mine = {**mine, "PYTHONWARNINGS": "ignore"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command_of(service), env=mine, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT)
    try:
        health = [part.replace("$$", "$") for part in SERVICES[service]["healthcheck"]["test"]][1]
        named = health.replace("$HOSTNAME", os.uname().nodename)
        deadline = time.monotonic() + 60
        while subprocess.run(["sh", "-c", named], env=mine, cwd=tmp_path, capture_output=True).returncode:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
        broker = Celery(broker=mine["REDIS_URL"])
        broker.send_task(
            "core.accounts.deliver_invitation",
            kwargs={"surname": CANARY},
            headers={"school": SCHOOL_A.schema},
            queue="default" if service == "worker" else "provisioning",
        )
        broker.close()
        while '"event": "task"' not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    # Celery says this one sentence past every logger.
    words = [line for line in log.read_text().splitlines() if line and line != "worker: Warm shutdown (MainProcess)"]
    lines = [json.loads(line) for line in words]
    (told,) = [line for line in lines if line["event"] == "task"]
    assert (told["task"], told["outcome"]) == ("core.accounts.deliver_invitation", "failed")
    assert told["school"] == SCHOOL_A.schema
    assert CANARY not in log.read_text()
    assert CANARY.encode("unicode_escape").decode() not in log.read_text()


def test_the_sweeper_starts_and_leaves(environment: dict[str, str], tmp_path: Path):
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command_of("sweeper"), env=environment, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 60
        while "sweeper_started" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert "sweeper_step_failed" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def test_the_exporter_answers_and_leaves(environment: dict[str, str], tmp_path: Path):
    port, log = free_port(), tmp_path / "log"
    mine = {**environment, "METRICS_BIND": f"127.0.0.1:{port}", "METRICS_DIR": str(tmp_path / "metrics")}
    with log.open("wb") as out:
        process = subprocess.Popen(command_of("metrics"), env=mine, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while "metrics_served" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        status, _, body = get(port, "/metrics", "127.0.0.1")
        assert status == 200
        for line in (
            "mentoring_database_up 1.0",
            "mentoring_broker_up 1.0",
            'mentoring_schools{version="current"} 2.0',
        ):
            assert line in body.decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("service", ["worker", "sweeper"])
def test_it_refuses_another_installations_pepper(environment: dict[str, str], service: str, tmp_path: Path):
    result = subprocess.run(
        command_of(service),
        env={**environment, "PERSON_KEY_PEPPER": PEPPER[::-1]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode != 0
    assert "PERSON_KEY_PEPPER is not the one this database was filled with" in result.stderr


def test_a_migration_refuses_another_installations_pepper(environment: dict[str, str], tmp_path: Path):
    result = subprocess.run(
        ["sh", str(ROOT / "deploy" / "migrate.sh")],
        env={**migrators(environment), "PERSON_KEY_PEPPER": PEPPER[::-1]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 1
    assert "PERSON_KEY_PEPPER is not the one this database was filled with" in result.stderr
