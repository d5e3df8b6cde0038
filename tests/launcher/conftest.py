"""Folders and processes for the tests of the launcher; no Django, no database fixture."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.launch import instance
from deploy.launch.children import Identity

CHECKOUT = Path(__file__).resolve().parents[2]
TINY = [sys.executable, "-m", "tests.launcher.tiny_platform"]


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """A folder for an instance that the servers' account can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="mentoring-launcher-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def variables_for(home: Path) -> dict[str, str]:
    """The environment of a launcher that works in `home`."""
    foreign = ("DATABASE", "REDIS", "MENTORING", "TEST_DATABASE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "MENTORING_HOME": str(home),
        "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{CHECKOUT / 'platform'}",
    }


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for an instance of one test's own."""
    with folder_for_servers() as folder:
        yield folder


@pytest.fixture
def variables(home: Path) -> dict[str, str]:
    """The environment of a launcher that works in `home`."""
    return variables_for(home)


@pytest.fixture
def tiny(home: Path, variables: dict[str, str]) -> Iterator[Callable[[], "Tiny"]]:
    """Starts the tiny platform; whatever of it still runs at the end is ended."""
    started: list[Tiny] = []

    def start() -> Tiny:
        started.append(Tiny(home, variables))
        return started[-1]

    yield start
    for platform in started:
        platform.end()


class Tiny:
    """A tiny platform in a process of its own, started and ready."""

    def __init__(self, home: Path, variables: dict[str, str]) -> None:
        self.home = home
        self.words = home / "words"
        with self.words.open("ab") as words:
            self.process = subprocess.Popen(
                [*TINY, "up"], stdout=subprocess.PIPE, stderr=words, env=variables, cwd=CHECKOUT, text=True
            )
        assert self.process.stdout is not None
        self.greeting = self.process.stdout.readline().strip()

    def pids(self) -> dict[str, int]:
        """The processes as `instance.json` tells them."""
        return dict(instance.load(self.home)["pids"])

    def said(self) -> str:
        """Everything said on stderr so far."""
        return self.words.read_text(encoding="utf-8")

    def end(self) -> None:
        """Stop it if it runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait for a condition; False when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def all_gone(pids: dict[str, int], seconds: float = 20) -> bool:
    """Wait until none of these processes runs."""
    return eventually(lambda: all(Identity.of(pid) is None for pid in pids.values()), seconds)
