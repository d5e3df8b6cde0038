"""Production's processes on loopback, over many schools: web, worker, sweeper, a broker and a database of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import yaml

from deploy.launch import children
from deploy.launch.valkey import Valkey
from tests.deploy.production import ROOT, collect_static, free_port, production_database, variables, wait_for_web
from tests.support.database import superuser_url

SERVICES = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
STOP_SECONDS = 40


@dataclass
class Installation:
    """A running installation; ``schools`` holds a session and a token for each code, ``region`` a session."""

    database: str
    port: int
    folder: Path
    schools: dict[str, dict[str, str]]
    region: str
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def ask(self, text: str) -> list[tuple[Any, ...]]:
        """Ask the database past every door."""
        with psycopg.connect(superuser_url(self.database), autocommit=True) as connection:
            return connection.execute(text).fetchall()

    def owner(self, **more: str) -> dict[str, str]:
        """The environment of a process with the owner's login: one that makes and migrates schools."""
        return _of_owner(self.environment, self.database) | more

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


def command_of(service: str) -> list[str]:
    """The command of a service of the compose file, its variables at their defaults."""
    words = [str(part).replace("${WORKER_PROCESSES:-2}", "2") for part in SERVICES[service]["command"]]
    return [word.replace("/opt/mentoring/", f"{ROOT}/") for word in words]


@contextmanager
def installation(schools: int, *, services: tuple[str, ...] = ("web", "worker", "sweeper")) -> Iterator[Installation]:
    """Run an installation of so many schools; stopped and dropped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mentoring-soak-"))
    folder.chmod(0o755)
    broker = Valkey(folder, folder, "soak")
    broker.start(0)
    running: Installation | None = None
    try:
        with production_database() as database:
            environment = variables(
                database,
                folder / "static",
                REDIS_URL=broker.url(),
                WEB_BIND=f"127.0.0.1:{(port := free_port())}",
                METRICS_DIR=str(folder / "metrics"),
                SPARE_SCHOOLS="0",
            )
            collect_static(environment)
            keys = _furnish(environment, database, schools)
            running = Installation(database, port, folder, keys["schools"], keys["region"], environment)
            try:
                _start(running, environment, services)
                yield running
            finally:
                for process in running.processes.values():
                    children.finish(process, children.POLITE, STOP_SECONDS)
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _of_owner(environment: dict[str, str], database: str) -> dict[str, str]:
    cluster = urlsplit(superuser_url(database))
    owner = f"postgresql://migrator:test-only-migrator@{cluster.hostname}:{cluster.port}/{database}"
    return {**environment, "DATABASE_ADMIN_URL": owner, "DOOR_LOGIN": "migrator"}


def _furnish(environment: dict[str, str], database: str, schools: int) -> dict[str, Any]:
    made = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.soak.furnish", str(schools)],
        env={
            **_of_owner(environment, database),
            "TEST_DATABASE_SUPERUSER_URL": os.environ["TEST_DATABASE_SUPERUSER_URL"],
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    keys: dict[str, Any] = json.loads(made.stdout)
    return keys


def _start(running: Installation, environment: dict[str, str], services: tuple[str, ...]) -> None:
    for name in services:
        log = running.folder / f"{name}.log"
        running.processes[name] = children.spawn(
            command_of(name), log=log, environment=environment, folder=running.folder
        )
    wait_for_web(running.processes["web"], running.port, running.folder / "web.log", 90)
    deadline = time.monotonic() + 90
    for name, word in (("worker", "worker_ready"), ("sweeper", "sweeper_started")):
        while name in services and word not in running.log(name):
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} does not start:\n{running.log(name)[-3000:]}")
            time.sleep(0.2)
