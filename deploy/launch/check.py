"""`test` and `bench`: the whole check, one summary, an honest exit code."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.launch import contract
from deploy.launch.browser import find_chromium
from deploy.launch.environment import prepare_environment
from deploy.launch.places import CHECKOUT, environment_python, instance_home
from deploy.launch.report import say, tell
from deploy.launch.servers import Addresses, Outside, ServerSet

TYPED = (
    "platform/config",
    "platform/core",
    "tenants",
    "schools",
    "regional_bank",
    "reports",
    "deploy",
    "run.py",
)
PROCESSES = "2"


@dataclass
class Check:
    """One part of the check: its command, then its outcome."""

    name: str
    command: list[str]
    code: int | None = None
    words: str = ""
    seconds: float = field(default=0.0)

    def run(self, environment: dict[str, str]) -> None:
        """Run to the end, keeping what it says for the moment it can be read in one piece."""
        begin = time.monotonic()
        done = subprocess.run(
            self.command,
            env=environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self.code, self.words, self.seconds = done.returncode, done.stdout, time.monotonic() - begin


def run_check(arguments: Sequence[str]) -> int:
    """Run the whole check, or, with arguments, pytest alone with them; 0 only when every part is good."""
    home = instance_home("test")
    outside = Outside.of_tests()
    outside.check()
    prepare_environment(embedded=not outside.is_complete)
    servers = ServerSet(home, outside, durable=False)
    with servers.in_use() as addresses:
        environment = check_environment(home, addresses)
        tests = Check("pytest", _pytest(arguments))
        checks = [] if arguments else static_checks(home)
        with _running_beside(checks, environment):
            tests.code, tests.seconds = _live(tests.command, environment)
    return _summary([*checks, tests], partly=bool(arguments))


def check_environment(home: Path, addresses: Addresses) -> dict[str, str]:
    """Return what tests and benchmarks are started with."""
    wanted = contract.inherited()
    wanted |= {
        "TEST_DATABASE_SUPERUSER_URL": addresses.superuser or "",
        "REDIS_URL": addresses.broker,
        "MENTORING_HOME": str(home),
        "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "platform"), str(CHECKOUT)]),
    }
    chromium = find_chromium()
    return wanted | ({"CHROMIUM": str(chromium)} if chromium else {})


def static_checks(home: Path) -> list[Check]:
    """Return the checks that read the code without running it."""
    programs = environment_python().parent
    ruff, contracts, mypy = (str(programs / name) for name in ("ruff", "lint-imports", "mypy"))
    return [
        Check("ruff check", [ruff, "check", "--no-cache", "."]),
        Check("ruff format", [ruff, "format", "--no-cache", "--check", "."]),
        Check("import contracts", [contracts, "--cache-dir", str(home / "import-cache")]),
        Check("mypy", [mypy, "--cache-dir", str(_types_known(home)), *TYPED]),
    ]


def _types_known(home: Path) -> Path:
    """Return where mypy keeps what it has learned: with the user's caches, a fresh checkout need not begin anew.

    Entries are compared by contents. Where that folder cannot be made, the instance's own will do.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mentoring-region" / "mypy"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return home / "mypy-cache"
    return cache


def _pytest(arguments: Sequence[str]) -> list[str]:
    command = [str(environment_python()), "-m", "pytest", "-p", "deploy.launch.journeys"]
    if not any(argument == "-n" or argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        command += ["-n", PROCESSES, "--dist", "loadgroup"]
    return [*command, *arguments]


@contextmanager
def _running_beside(checks: Sequence[Check], environment: dict[str, str]) -> Iterator[None]:
    """Run checks one after another beside the block: on two cores they fit into the pauses of the tests."""

    def all_in_turn() -> None:
        for check in checks:
            check.run(environment)

    beside = threading.Thread(target=all_in_turn, daemon=True)
    beside.start()
    yield
    beside.join()


def _live(command: Sequence[str], environment: dict[str, str]) -> tuple[int, float]:
    begin = time.monotonic()
    code = subprocess.run(command, env=environment, cwd=CHECKOUT).returncode
    return code, time.monotonic() - begin


def _summary(checks: Sequence[Check], *, partly: bool) -> int:
    failed = [check for check in checks if check.code]
    for check in failed:
        if check.words:
            tell(f"\n--- {check.name} ---\n{check.words.rstrip()}")
    tell("\n=== the check" + (", partly (arguments were given)" if partly else "") + " ===")
    for check in checks:
        verdict = "ok" if check.code == 0 else f"FAILED (exit code {check.code})"
        tell(f"{check.name:<18} {verdict:<24} {check.seconds:6.1f} s")
    tell("all good" if not failed else f"failed: {', '.join(check.name for check in failed)}")
    return 1 if failed else 0


def run_benchmarks(arguments: Sequence[str]) -> int:
    """Run `tests.benchmarks` with these arguments against durable servers of its own; its exit code."""
    home = instance_home("bench")
    outside = Outside.of_tests()
    outside.check()
    prepare_environment(embedded=not outside.is_complete)
    servers = ServerSet(home, outside)
    with servers.in_use() as addresses:
        environment = check_environment(home, addresses)
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        say("benchmarks run against servers with fsync on")
        command = [str(environment_python()), "-m", "tests.benchmarks", *arguments]
        return subprocess.run(command, env=environment, cwd=CHECKOUT, stdout=sys.stdout).returncode
