"""The servers that one instance works with: embedded ones, shared by its commands, or those that URLs name.

`up` keeps the servers for as long as it runs. A single command (`manage`, `test`, `bench`) joins servers that run, or
starts them and stops them when neither it nor another command that joined needs them any longer.
"""

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.launch import children, machine
from deploy.launch.instance import Secrets, read_json, secrets_of, write_private
from deploy.launch.places import Lock, servers_folder
from deploy.launch.postgres import DATABASE, SUPERUSER, Postgres
from deploy.launch.report import LaunchError, say
from deploy.launch.valkey import Valkey

RECORD = "servers.json"


@dataclass(frozen=True)
class Addresses:
    """Where the servers answer, passwords included. `admin` is the owner of the schemas, for migrations and
    provisioning alone; `superuser` is known of the embedded server only. None: not given."""

    app: str
    admin: str | None
    superuser: str | None
    broker: str


@dataclass(frozen=True)
class Outside:
    """Servers given by URL instead of the embedded ones; None where the embedded one serves."""

    app: str | None = None
    admin: str | None = None
    superuser: str | None = None
    broker: str | None = None

    @classmethod
    def of_instance(cls, variables: Mapping[str, str] = os.environ) -> "Outside":
        """Return what DATABASE_URL, DATABASE_ADMIN_URL, DATABASE_SUPERUSER_URL and REDIS_URL say.

        :raises LaunchError: for an owner's address without the application's.
        """
        app, admin = variables.get("DATABASE_URL") or None, variables.get("DATABASE_ADMIN_URL") or None
        if admin and not app:
            raise LaunchError(
                "DATABASE_ADMIN_URL is set and DATABASE_URL is not. Set both (the application's login in "
                "DATABASE_URL), or neither to use the embedded PostgreSQL."
            )
        superuser = variables.get("DATABASE_SUPERUSER_URL") or None
        return cls(app, admin, superuser if app else None, variables.get("REDIS_URL") or None)

    @classmethod
    def of_tests(cls, variables: Mapping[str, str] = os.environ) -> "Outside":
        """Return what TEST_DATABASE_SUPERUSER_URL and TEST_REDIS_URL say: tests never touch an instance's data."""
        superuser = variables.get("TEST_DATABASE_SUPERUSER_URL") or None
        return cls(superuser, None, superuser, variables.get("TEST_REDIS_URL") or None)

    @property
    def is_complete(self) -> bool:
        """Say whether no embedded server is needed."""
        return bool(self.app and self.broker)

    def check(self) -> None:
        """Say early what would fail late: a system without embedded servers, a server that does not answer.

        :raises LaunchError: with what to do.
        """
        if not self.is_complete and (reason := machine.unsupported()):
            raise LaunchError(
                f"Here {reason}.\nGive servers of your own in DATABASE_URL, DATABASE_ADMIN_URL and REDIS_URL "
                "(PostgreSQL 17 or newer, Valkey or Redis), or use the containers: deploy/compose."
            )
        for address in dict.fromkeys(filter(None, (self.app, self.admin, self.superuser, self.broker))):
            parts = urlsplit(address)
            port = parts.port or (6379 if parts.scheme.startswith("redis") else 5432)
            if parts.hostname and not machine.answers(parts.hostname, port):
                raise LaunchError(
                    f"Nothing answers at {parts.hostname}:{port}, the address given for {parts.scheme}. Start that "
                    "server, correct the address, or leave it out to use the embedded server."
                )


class ServerSet:
    """The servers of one instance, as seen by one launcher process."""

    def __init__(self, home: Path, outside: Outside, *, durable: bool = True) -> None:
        self.home = home
        self.outside = outside
        self.secrets: Secrets = secrets_of(home)
        self.logs = home / "logs"
        self.logs.mkdir(exist_ok=True)
        self._starting = Lock(home / ".starting.lock")
        self._users = Lock(home / ".users.lock")
        self.embedded: list[Postgres | Valkey] = []
        self._build(durable=durable)

    def _build(self, *, durable: bool) -> None:
        if self.outside.is_complete:
            return
        folder = servers_folder(self.home, self.secrets.instance_id)
        if not self.outside.app:
            self.postgres = Postgres(folder, self.logs, self.secrets.superuser_password, durable=durable)
            self.embedded.append(self.postgres)
        if not self.outside.broker:
            self.valkey = Valkey(folder, self.logs, self.secrets.broker_password)
            self.embedded.append(self.valkey)

    @property
    def migrated_mark(self) -> Path:
        """The file that says that this database has its roles, schemas and tables; it goes with the cluster."""
        if not self.outside.app:
            return self.postgres.migrated_mark
        return self.home / f".migrated-{hashlib.sha256(self.outside.app.encode()).hexdigest()[:16]}"

    @property
    def addresses(self) -> Addresses:
        """Where the servers answer now."""
        broker = self.outside.broker or self.valkey.url()
        if self.outside.app:
            return Addresses(self.outside.app, self.outside.admin, self.outside.superuser, broker)
        url, known = self.postgres.url, self.secrets
        return Addresses(
            app=url("app", known.app_password, DATABASE),
            admin=url("migrator", known.migrator_password, DATABASE),
            superuser=url(SUPERUSER, known.superuser_password, "postgres"),
            broker=broker,
        )

    def start(self) -> None:
        """Start the servers for a long-running holder; waits for a command that has started its own.

        :raises LaunchError: when a server does not come up.
        """
        waiting = False
        while True:
            self._starting.take()
            if not self._runs():
                break
            self._starting.release()
            if not waiting:
                say("waiting for a command that is running on this instance")
            waiting = True
            time.sleep(0.3)
        try:
            self._start_all()
        finally:
            self._starting.release()

    def stop(self) -> None:
        """Stop the servers that this process has started."""
        for server in reversed(self.embedded):
            server.stop()
        if self._record().get("owner", {}).get("pid") == os.getpid():
            self._keep(owned=False)

    @contextmanager
    def in_use(self) -> Iterator[Addresses]:
        """Give running servers for the length of a block: joined where they run, else started and stopped."""
        self._starting.take()
        try:
            started = not self._runs()
            if started:
                self._start_all()
            self._users.take(shared=True)
        finally:
            self._starting.release()
        try:
            yield self.addresses
        finally:
            self._users.release()
            if started:
                self._stop_when_unused()

    def _stop_when_unused(self) -> None:
        while True:
            self._starting.take()
            try:
                if self._users.take(wait=False):
                    self.stop()
                    return
            finally:
                self._users.release()
                self._starting.release()
            time.sleep(0.2)

    def _start_all(self) -> None:
        ports = self._record().get("ports", {})
        try:
            for server in self.embedded:
                say(f"starting {server.name}")
                server.start(int(ports.get(server.name, 0)))
        except BaseException:
            for server in reversed(self.embedded):
                server.stop()
            raise
        self._keep(owned=True)

    def restart(self, server: Postgres | Valkey) -> None:
        """Start a server that has died, on the port that everybody knows."""
        server.stop()
        server.start(server.port)
        self._keep(owned=True)

    def _runs(self) -> bool:
        """Say whether another process of this instance has the servers running, and learn their ports."""
        record = self._record()
        owner = children.Identity.read(record.get("owner"))
        if not owner or not owner.is_alive():
            return False
        for server in self.embedded:
            identity = children.Identity.read(record["pids"].get(server.name))
            if not identity or not identity.is_alive():
                return False
            server.port = int(record["ports"][server.name])
        return bool(self.embedded)

    def _record(self) -> dict[str, Any]:
        return read_json(self.home / RECORD)

    def _keep(self, *, owned: bool) -> None:
        """Write down whose the servers are and, for the next start too, where they answer."""
        pids = {server.name: _identity(server.child.pid) for server in self.embedded if server.child}
        record = {
            "owner": _identity(os.getpid()) if owned else None,
            "pids": pids,
            "ports": {server.name: server.port for server in self.embedded},
        }
        write_private(self.home / RECORD, record)


def _identity(pid: int) -> dict[str, int] | None:
    found = children.Identity.of(pid)
    return {"pid": found.pid, "started": found.started} if found else None
