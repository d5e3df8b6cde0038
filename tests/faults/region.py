"""A region of its own: real servers and real processes as the launcher starts them, to be broken at will."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from redis import Redis

from deploy.launch import children, contract, instance
from deploy.launch.address import open_listener
from deploy.launch.places import CHECKOUT
from deploy.launch.postgres import DATABASE
from deploy.launch.servers import Outside, ServerSet
from deploy.launch.supervisor import prepare_platform
from tests.support.regions import build_region, write_region

ZONE = "Europe/Moscow"
SCHOOLS = 10
READY_WORDS = {
    "worker": '"worker_ready"',
    "courier": '"worker_ready"',
    "sweeper": "sweeper_started",
    "web": "Listening at",
}


def today() -> date:
    """The day of the region."""
    return datetime.now(ZoneInfo(ZONE)).date()


@dataclass
class Running:
    """A process of the platform, and where in its log it began."""

    child: subprocess.Popen[bytes]
    log: Path
    begin: int

    def said(self) -> str:
        """What it has said so far."""
        with self.log.open("rb") as log:
            log.seek(self.begin)
            return log.read().decode(errors="replace")

    def is_alive(self) -> bool:
        """Say whether it runs."""
        return not children.has_ended(self.child)

    def pool(self) -> list[int]:
        """The processes it has forked."""
        try:
            told = Path(f"/proc/{self.child.pid}/task/{self.child.pid}/children").read_text()
        except OSError:
            return []
        return [int(pid) for pid in told.split()]


@dataclass
class RealRegion:
    """Servers and processes of one instance; ``settings`` is what its processes run under."""

    home: Path
    settings: str = "config.settings.local"
    running: dict[str, Running] = field(default_factory=dict)
    ended: list[tuple[str, int, str]] = field(default_factory=list)
    """Processes that ended by themselves: name, exit code, last words."""

    def open(self) -> None:
        """Start the servers and bring the database to the code's state, as `run.py up` does."""
        self.servers = ServerSet(self.home, Outside())
        self.servers.start()
        self.listener = open_listener(self.home)
        self.port = int(self.listener.getsockname()[1])
        instance.set_address(self.home, self.port)
        prepare_platform(self.servers, self.port)

    def load(self, seed: int) -> None:
        """Load a random region through the product's own command."""
        folder = self.home / "workbooks"
        write_region(build_region(seed, schools=SCHOOLS, pupils=(15, 30), day=today()), folder, seed=seed, untidiness=0)
        environment = contract.command_environment(
            self.home, self.servers.secrets, self.servers.addresses, self.port, "load_region"
        )
        done = subprocess.run(
            contract.manage("load_region", str(folder)), env=environment, cwd=CHECKOUT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["files_refused"] == []
        # The command provisioned by itself; the provisioner's wake-ups that it left would be sent to nobody.
        self.ask("DELETE FROM region.events_outbox RETURNING task")
        # The day's chores are handed out already: what waits in the outbox is what a test has put there.
        self.ask(
            "INSERT INTO region.events_dailyround (day, begun_at) "
            "SELECT day, now() FROM generate_series(current_date - 1, current_date + 2, interval '1 day') AS day "
            "RETURNING day"
        )

    def close(self) -> None:
        """Stop everything."""
        for name in list(self.running):
            self.stop(name)
        self.listener.close()
        self.servers.stop()

    # --- processes ---------------------------------------------------------------------------------------------------
    def environment(self, **more: str) -> dict[str, str]:
        """What an ordinary process of the instance is started with."""
        servers = self.servers
        plain = contract.environment(self.home, servers.secrets, servers.addresses, self.port, owner=False)
        return {**plain, "DJANGO_SETTINGS_MODULE": self.settings, **more}

    def start(self, name: str, **more: str) -> Running:
        """Start a process of the platform with the launcher's own command.

        ``worker@two`` is a worker of another machine: it has that machine's name, and the same broker and database.
        """
        kind, _, machine = name.partition("@")
        role = next(role for role in contract.roles(self.listener.fileno()) if role.name == kind)
        command = [word.replace("@%h", f"@{machine}") if machine else word for word in role.command]
        log = self.servers.logs / f"{name}.log"
        begin = log.stat().st_size if log.exists() else 0
        keep = [self.listener.fileno()] if role.serves_web else []
        child = children.spawn(command, log=log, environment=self.environment(**more), folder=CHECKOUT, keep=keep)
        self.running[name] = Running(child, log, begin)
        return self.running[name]

    def is_ready(self, name: str) -> bool:
        """Say whether a process has begun to work."""
        process = self.running.get(name)
        return process is not None and process.is_alive() and READY_WORDS[name.partition("@")[0]] in process.said()

    def wait_ready(self, *names: str, seconds: float = 90) -> None:
        """Wait until these processes work."""
        eventually(lambda: all(self.is_ready(name) for name in names), seconds, lambda: self._words(names))

    def _words(self, names: tuple[str, ...]) -> str:
        return "\n".join(f"{name}: {self.running[name].said()[-3000:]}" for name in names)

    def kill(self, name: str) -> None:
        """Kill a process and everything it forked, at once."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.child.pid, signal.SIGKILL)
        process.child.wait()

    def stop(self, name: str) -> None:
        """Ask a process to leave."""
        process = self.running.pop(name, None)
        if process is not None:
            children.finish(process.child, signal.SIGTERM, 20)

    def revive(self) -> None:
        """Start again what has ended by itself: a sweeper that found no database at its start, for example."""
        for name, process in list(self.running.items()):
            if not process.is_alive():
                self.kill(name)
                self.ended.append((name, process.child.returncode, process.said()[-4000:]))
                self.start(name)

    def python(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a module of the tests inside the instance, its stdin and stdout in our hands."""
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env={**self.environment(**more), "PYTHONPATH": f"{CHECKOUT / 'platform'}{os.pathsep}{CHECKOUT}"},
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, *arguments: str, **more: str) -> Any:
        """Run a module of the tests to its end and return the JSON that it prints."""
        process = self.python(*arguments, **more)
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, arguments
        return json.loads(out)

    # --- servers -----------------------------------------------------------------------------------------------------
    def superuser(self) -> psycopg.Connection[Any]:
        """A look at the database past every door; for the test alone."""
        url = self.servers.postgres.url("postgres", self.servers.secrets.superuser_password, DATABASE)
        return psycopg.connect(url, autocommit=True)

    def ask(self, text: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Ask the database, in a connection of its own."""
        with self.superuser() as connection:
            return connection.execute(text, values).fetchall()

    def broker(self) -> Redis:
        """The broker, as its processes reach it."""
        return Redis.from_url(self.servers.addresses.broker)

    def crash_database(self) -> None:
        """What `pg_ctl -m immediate` does: every session cut, no checkpoint; then start on the old port."""
        postgres = self.servers.postgres
        assert postgres.child is not None
        postgres.child.send_signal(signal.SIGQUIT)
        postgres.child.wait(30)
        self.servers.restart(postgres)

    def kill_broker(self) -> None:
        """Kill the broker; what was in it is gone."""
        valkey = self.servers.valkey
        assert valkey.child is not None
        valkey.child.kill()
        valkey.child.wait(30)

    def start_broker(self) -> None:
        """Start a killed broker on its old port, empty."""
        self.servers.restart(self.servers.valkey)


def eventually(
    condition: Callable[[], bool], seconds: float, words: Callable[[], str] = str, *, pause: float = 0.1
) -> float:
    """Wait for a condition and return the seconds it took.

    :raises AssertionError: with ``words`` when it does not come true in time.
    """
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            raise AssertionError(f"not within {seconds} s: {words()}")
        time.sleep(pause)
    return time.monotonic() - begin


@contextmanager
def region_in_ruins(seed: int) -> Iterator[RealRegion]:
    """A loaded region in a folder that the servers' account can enter."""
    home = Path(tempfile.mkdtemp(prefix="mentoring-faults-"))
    home.chmod(0o755)
    region = RealRegion(home)
    try:
        region.open()
        region.load(seed)
        yield region
    finally:
        region.close()
        shutil.rmtree(home, ignore_errors=True)
