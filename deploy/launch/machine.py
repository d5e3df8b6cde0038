"""What this machine has and lacks: platform, shared memory, time zones, ports, who may read what."""

import os
import platform
import pwd
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

from deploy.launch.report import LaunchError

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - looked at, never written to by name
SHARED_MEMORY_ENOUGH_BYTES = 128 * 1024 * 1024
SYSTEM_ZONES = Path("/usr/share/zoneinfo")
ORDINARY_USER = "nobody"
ANSWER_SECONDS = 5
OLDEST_GLIBC = (2, 34)


def unsupported() -> str | None:
    """Return why the embedded servers cannot run here, or None when they can."""
    machine = platform.machine().lower()
    if sys.platform != "linux" or machine not in {"x86_64", "amd64"}:
        return f"the embedded servers are built for Linux on x86-64, and this is {sys.platform} on {machine}"
    library, version = platform.libc_ver()
    if library != "glibc":
        return "the embedded servers need glibc, and this system has another C library"
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_GLIBC:
        return f"the embedded servers need glibc 2.34 or newer, and this is {version}"
    return None


def shared_memory_is_small() -> bool:
    """Say whether /dev/shm is absent, read-only or too small for PostgreSQL's parallel queries."""
    try:
        room = os.statvfs(SHARED_MEMORY)
    except OSError:
        return True
    return not os.access(SHARED_MEMORY, os.W_OK) or room.f_bavail * room.f_frsize < SHARED_MEMORY_ENOUGH_BYTES


def semaphores_work() -> bool:
    """Say whether named semaphores work; without them a worker cannot keep a pool of processes."""
    return SHARED_MEMORY.is_dir() and os.access(SHARED_MEMORY, os.W_OK)


def system_zones_are_missing() -> bool:
    """Say whether the operating system has no time zones; PostgreSQL then refuses every SET TIME ZONE."""
    return not (SYSTEM_ZONES / "Europe" / "Moscow").is_file()


def ordinary_user() -> pwd.struct_passwd | None:
    """Return the account that servers run under when we are root (PostgreSQL refuses root), else None.

    :raises LaunchError: when there is no such account, or this root (of some containers) may not change to it.
    """
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam(ORDINARY_USER)
        subprocess.run(["true"], user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/", check=True)
    except (KeyError, OSError, subprocess.SubprocessError):
        raise LaunchError(
            f"PostgreSQL refuses to run as root, and it is not possible here to run it as '{ORDINARY_USER}'.\n"
            "Start run.py as a plain user, or give servers of your own in DATABASE_URL, DATABASE_ADMIN_URL "
            "and REDIS_URL."
        ) from None
    return account


def everybody_reaches(path: Path) -> bool:
    """Say whether any account may enter every folder down to `path` and read it (and run it, if a program)."""
    path = path.resolve()
    if any(not folder.stat().st_mode & stat.S_IXOTH for folder in path.parents):
        return False
    mode = path.stat().st_mode
    needed = stat.S_IROTH | (stat.S_IXOTH if mode & (stat.S_IXUSR | stat.S_IFDIR) else 0)
    return mode & needed == needed


def answers(host: str, port: int) -> bool:
    """Say whether anything takes connections there."""
    try:
        socket.create_connection((host, port), timeout=ANSWER_SECONDS).close()
    except OSError:
        return False
    return True


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def becomes_free(port: int, seconds: float) -> bool:
    """Wait for a port that a server of ours may just be letting go of."""
    deadline = time.monotonic() + seconds
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
