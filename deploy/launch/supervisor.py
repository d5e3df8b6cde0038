"""`up`: starts everything an instance consists of, watches it, starts again what dies, and stops it all together."""

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from deploy.launch import children, contract, instance
from deploy.launch.address import open_listener
from deploy.launch.contract import Role
from deploy.launch.database import collect_static, ensure_administrator, prepare_database
from deploy.launch.places import CHECKOUT, Lock
from deploy.launch.postgres import Postgres
from deploy.launch.report import LaunchError, say, tail
from deploy.launch.servers import ServerSet
from deploy.launch.valkey import Valkey

LOCK = ".supervisor.lock"
READY = ".ready"
WEB_SECONDS = 90
# A process that lived this long has not failed at its start: it is started again at once.
SETTLED_SECONDS = 20
LONGEST_PAUSE_SECONDS = 10.0
SERVER_ATTEMPTS = 5
LOOK_SECONDS = 0.25
COMMAND_STOP_SECONDS = 10


@dataclass
class Watched:
    """A process of the platform under watch."""

    role: Role
    child: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause_seconds: float = 0.5
    again: float = 0.0


def prepare_platform(servers: ServerSet, port: int) -> None:
    """Bring database and static files to the state the code expects, before any process of it starts."""
    prepare_database(servers, port, always=True)
    collect_static(servers, port)
    ensure_administrator(servers, port)


class Supervisor:
    """Everything that runs for one instance, from the first server to the last worker."""

    def __init__(
        self,
        servers: ServerSet,
        roles: Callable[[int], list[Role]] = contract.roles,
        prepare: Callable[[ServerSet, int], None] = prepare_platform,
    ) -> None:
        self.home = servers.home
        self.servers = servers
        self.lock = Lock(self.home / LOCK)
        self.roles = roles
        self.prepare = prepare
        self.watched: list[Watched] = []
        self.listener: socket.socket | None = None
        self.stopping = threading.Event()

    def claim(self) -> bool:
        """Become the one supervisor of the instance; False when there is another."""
        return self.lock.take(wait=False)

    def run(self, commands: Sequence[str], when_ready: Callable[[], None]) -> None:
        """Start everything, run these management commands to their end, call `when_ready`, and watch until a signal
        asks to stop; then stop everything.

        :raises LaunchError: when something does not start or a command fails, after stopping what did start.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._interrupt)
        try:
            self._start()
            for command in commands:
                self._furnish(command)
            when_ready()
            (self.home / READY).write_text(str(os.getpid()), encoding="utf-8")
            while True:
                self._look()
        except KeyboardInterrupt:
            say("stopping")
        finally:
            self._stop()

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        # The second Ctrl-C must not break the orderly end that the first has begun.
        if not self.stopping.is_set():
            self.stopping.set()
            raise KeyboardInterrupt

    def _start(self) -> None:
        (self.home / READY).unlink(missing_ok=True)
        self._write_pids()
        self.servers.start()
        self.listener = open_listener(self.home)
        self.port = int(self.listener.getsockname()[1])
        instance.set_address(self.home, self.port)
        self.prepare(self.servers, self.port)
        self.watched = [Watched(role) for role in self.roles(self.listener.fileno())]
        for process in self.watched:
            self._launch(process)
        self._write_pids()
        if self.watched:
            self._wait_for_web(self.watched[0])

    def _launch(self, process: Watched) -> None:
        assert self.listener is not None  # noqa: S101 - for the type checker
        role = process.role
        process.child = children.spawn(
            role.command,
            log=self._log(role),
            environment=contract.environment(
                self.home, self.servers.secrets, self.servers.addresses, self.port, owner=role.is_owner
            ),
            folder=CHECKOUT,
            keep=[self.listener.fileno()] if role.serves_web else [],
        )
        process.started = time.monotonic()

    def _log(self, role: Role) -> Path:
        return self.servers.logs / f"{role.name}.log"

    def _wait_for_web(self, web: Watched) -> None:
        """Wait for the first good answer to /healthz."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/healthz", headers={"Host": f"region.localhost:{self.port}"}
        )
        deadline = time.monotonic() + WEB_SECONDS
        problem = "no answer"
        while time.monotonic() < deadline and web.child and not children.has_ended(web.child):
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5):
                    return
            except OSError as found:
                problem = str(found)
            time.sleep(0.1)
        log = self._log(web.role)
        raise LaunchError(f"The web did not start ({problem}). The end of {log}:\n{tail(log)}")

    def _furnish(self, command: str) -> None:
        """Run a management command to its end without losing sight of the processes."""
        say(f"running {command}")
        child = children.spawn(
            contract.manage(command),
            log=None,
            environment=contract.command_environment(
                self.home, self.servers.secrets, self.servers.addresses, self.port, command
            ),
            folder=CHECKOUT,
        )
        try:
            while not children.has_ended(child):
                self._look()
        finally:
            children.finish(child, signal.SIGINT, COMMAND_STOP_SECONDS)
        if child.returncode:
            raise LaunchError(f"The command {command} {how_it_ended(child.returncode)}. Its own words are above.")

    def _look(self) -> None:
        """Wait a moment, then start again what has died."""
        self.stopping.wait(LOOK_SECONDS)
        for server in self.servers.embedded:
            if server.child and children.has_ended(server.child):
                self._revive_server(server)
        for process in self.watched:
            self._revive(process)

    def _revive(self, process: Watched) -> None:
        """Start a dead process again, after a pause that grows while it keeps dying young."""
        now = time.monotonic()
        if process.child and children.has_ended(process.child):
            children.finish(process.child, signal.SIGTERM, 0)
            how = how_it_ended(process.child.returncode)
            if now - process.started > SETTLED_SECONDS:
                process.pause_seconds = 0.5
            process.again = now + process.pause_seconds
            process.pause_seconds = min(LONGEST_PAUSE_SECONDS, process.pause_seconds * 2)
            process.child = None
            say(f"{process.role.name} {how}; starting it again. Its log: {self._log(process.role)}")
        if process.child is None and now >= process.again:
            self._launch(process)
            self._write_pids()

    def _revive_server(self, server: Postgres | Valkey) -> None:
        """Start a dead server again, on the port that everybody knows.

        :raises LaunchError: when it does not come up after several attempts.
        """
        assert server.child is not None  # noqa: S101 - for the type checker
        children.finish(server.child, signal.SIGTERM, 0)
        say(f"{server.name} {how_it_ended(server.child.returncode)}; starting it again. Its log: {server.log}")
        for attempt in range(1, SERVER_ATTEMPTS + 1):
            try:
                self.servers.restart(server)
                break
            except LaunchError:
                if attempt == SERVER_ATTEMPTS:
                    raise
                time.sleep(attempt)
        self._write_pids()
        say(f"{server.name} is up again")

    def _write_pids(self) -> None:
        pids = {"launcher": os.getpid()}
        pids |= {server.name: server.child.pid for server in self.servers.embedded if server.child}
        pids |= {process.role.name: process.child.pid for process in self.watched if process.child}
        instance.update(self.home, lambda content: content.update(pids=pids))

    def _stop(self) -> None:
        self.stopping.set()
        (self.home / READY).unlink(missing_ok=True)
        running = [process for process in self.watched if process.child]
        for process in running:
            if process.child and not children.has_ended(process.child):
                process.child.send_signal(signal.SIGTERM)
        for process in running:
            if process.child:
                children.finish(process.child, None, process.role.stop_seconds)
        if self.listener:
            self.listener.close()
        self.servers.stop()
        instance.update(self.home, lambda content: content.update(pids={}))
        self.lock.close()
        say("stopped")


def how_it_ended(code: int) -> str:
    """Return in words how a process came to its end."""
    if code >= 0:
        return f"ended by itself (exit code {code})"
    try:
        return f"was killed ({signal.Signals(-code).name})"
    except ValueError:
        return f"was killed (signal {-code})"
