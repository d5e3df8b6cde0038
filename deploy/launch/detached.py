"""An instance in the background: starting it, waiting for it, finding it again, stopping it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from deploy.launch import children, instance
from deploy.launch.places import CHECKOUT, Lock
from deploy.launch.report import LaunchError, say, tail
from deploy.launch.supervisor import LOCK, READY

STOP_SECONDS = 120


def is_running(home: Path) -> bool:
    """Say whether a supervisor holds the instance now."""
    lock = Lock(home / LOCK)
    try:
        return not lock.take(wait=False)
    finally:
        lock.close()


def start_detached(home: Path, verb: str) -> None:
    """Start `run.py <verb>` in the background and wait until it is ready.

    :raises LaunchError: with the end of its log when it ends before that.
    """
    log = home / "logs" / "launcher.log"
    descriptor = children.open_log(log)
    try:
        child = subprocess.Popen(
            [sys.executable, str(CHECKOUT / "run.py"), verb],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd=CHECKOUT,
            env={**os.environ, "MENTORING_HOME": str(home)},
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    say(f"starting in the background (pid {child.pid}); its log: {log}")
    while not is_ready(home, child.pid):
        if child.poll() is not None:
            raise LaunchError(f"The instance did not start. The end of {log}:\n{tail(log)}")
        time.sleep(0.1)


def is_ready(home: Path, pid: int | None = None) -> bool:
    """Say whether the running supervisor (the one with `pid`, if given) has reported itself ready."""
    try:
        found = int((home / READY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return found == (pid or instance.load(home)["pids"].get("launcher"))


def wait_until_ready(home: Path) -> None:
    """Wait for another launcher that is bringing this instance up.

    :raises LaunchError: when it ends without getting there.
    """
    while not is_ready(home):
        if not is_running(home):
            raise LaunchError("The launcher that was starting this instance has stopped. Start it again.")
        time.sleep(0.2)


def stop(home: Path) -> bool:
    """Stop the instance, in the background or in another terminal; False when none runs.

    :raises LaunchError: when it does not stop in time.
    """
    supervisor = children.Identity.of(instance.load(home)["pids"].get("launcher", 0))
    if not is_running(home) or not supervisor:
        return False
    supervisor.send(children.POLITE)
    if not supervisor.wait_gone(STOP_SECONDS):
        raise LaunchError(f"The launcher (pid {supervisor.pid}) does not stop. Its log is in {home / 'logs'}.")
    return True
