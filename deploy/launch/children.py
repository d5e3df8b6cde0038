"""Processes that the launcher starts: they die with it, log to a file, and are recognised after a crash."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
POLITE = signal.SIGTERM
LOG_LIMIT_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Identity:
    """A process and the moment of its start in clock ticks: a number alone may be another process by now."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """Return the identity of a living process, None when there is none (a zombie counts as dead)."""
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in {"Z", "X"} else cls(pid, int(fields[19]))

    @classmethod
    def read(cls, record: Mapping[str, Any] | None) -> "Identity | None":
        """Return the identity kept in a file, None when the record is empty."""
        return cls(record["pid"], record["started"]) if record else None

    def is_alive(self) -> bool:
        """Say whether that very process still runs."""
        return Identity.of(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        """Send a signal to that very process, if it still runs."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait_gone(self, seconds: float) -> bool:
        """Wait for its end; False when it still runs after that time."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def open_log(path: Path) -> int:
    """Open a log for appending, readable by its owner alone; a long one is put aside first (one is kept)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path | None,
    environment: Mapping[str, str],
    folder: Path,
    dies_by: signal.Signals = signal.SIGTERM,
    account: pwd.struct_passwd | None = None,
    stdin: bytes = b"",
    keep: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own (the terminal's Ctrl-C does not reach it).

    It writes to `log`, or, without one, to our stderr. `dies_by` is the signal that the kernel sends it if the
    launcher itself is killed; `account` is whom it runs as; `stdin` is written to it whole (secrets, which a command
    line would show to every user); `keep` are descriptors that it inherits.
    """

    def before_exec() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(dies_by), 0, 0, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    descriptor = open_log(log) if log else os.dup(sys.stderr.fileno())
    try:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            pass_fds=tuple(keep),
            preexec_fn=before_exec,
            **_identity_arguments(account),
        )
    finally:
        os.close(descriptor)
    if child.stdin:
        with child.stdin:
            child.stdin.write(stdin)
    return child


def run_as(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    folder: Path,
    account: pwd.struct_passwd | None,
) -> "subprocess.CompletedProcess[str]":
    """Run a short command to its end as that account; output and errors come back together as text."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=folder,
        env=dict(environment),
        check=False,
        **_identity_arguments(account),
    )


def _identity_arguments(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def has_ended(child: "subprocess.Popen[bytes]") -> bool:
    """Say whether a process has ended, without collecting it: until then its group cannot become another's."""
    if child.returncode is not None:
        return True
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def finish(child: "subprocess.Popen[bytes]", first: signal.Signals | None, seconds: float) -> None:
    """End a process: politely (unless it has been asked already), then, after that time, by force; what is left of its
    group goes with it."""
    if child.returncode is not None:
        return
    deadline = time.monotonic() + seconds
    if first and not has_ended(child):
        child.send_signal(first)
    while not has_ended(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
