"""Ctrl-C, killed servers, a killed launcher, a second run: over the real servers."""

import os
import re
import signal
import stat
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.launch import instance
from tests.launcher.conftest import (
    CHECKOUT,
    TINY,
    Tiny,
    all_gone,
    eventually,
    folder_for_servers,
    variables_for,
)

# One process of xdist runs them all, so that the shared instance is started once.
pytestmark = pytest.mark.xdist_group("launcher-instance")
EVERYTHING = {"launcher", "postgres", "valkey", "web", "worker"}


@pytest.fixture(scope="module")
def running() -> Iterator[Tiny]:
    """A platform that the quick tests share; each leaves it running."""
    with folder_for_servers() as home:
        platform = Tiny(home, variables_for(home))
        yield platform
        platform.end()


def answers(home: Path) -> bool:
    """Say whether the web of an instance answers with 200."""
    try:
        with urllib.request.urlopen(instance.load(home)["base_url"], timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def kill_and_expect_another(platform: Tiny, name: str) -> None:
    """Kill one process; it is noticed, named and started again, and the others go on."""
    before = platform.pids()
    os.kill(before[name], signal.SIGKILL)
    assert eventually(lambda: platform.pids()[name] != before[name])
    assert re.search(rf"{name} was killed \(SIGKILL\); starting it again", platform.said())
    assert eventually(lambda: answers(platform.home))
    assert {**platform.pids(), name: 0} == {**before, name: 0}


def test_everything_is_up_and_what_it_keeps_is_private(running: Tiny) -> None:
    assert running.greeting == "READY"
    assert set(running.pids()) == EVERYTHING
    assert answers(running.home)
    private = ["instance.json", "secrets.json", "servers.json", "logs/postgres.log", "logs/valkey.log"]
    modes = {name: stat.S_IMODE((running.home / name).stat().st_mode) for name in private}
    assert modes == dict.fromkeys(private, 0o600)
    secrets = instance.secrets_of(running.home)
    lines = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert "valkey-server" in lines
    assert not {secrets.superuser_password, secrets.broker_password} & set(re.split(r"[\s:@/=]", lines))


def test_a_second_run_starts_nothing_and_leaves_the_first_alone(running: Tiny) -> None:
    pids = running.pids()
    environment = variables_for(running.home)
    second = subprocess.run([*TINY, "up"], env=environment, cwd=CHECKOUT, capture_output=True, text=True)
    assert (second.returncode, second.stdout) == (0, "ANOTHER\n")
    assert running.pids() == pids
    assert answers(running.home)


@pytest.mark.parametrize("name", ["web"])
def test_a_killed_process_is_noticed_and_started_again(running: Tiny, name: str) -> None:
    kill_and_expect_another(running, name)


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["postgres", "valkey", "worker"])
def test_every_killed_process_is_noticed_and_started_again(running: Tiny, name: str) -> None:
    kill_and_expect_another(running, name)


@pytest.mark.nightly
def test_ctrl_c_stops_everything_that_was_started(tiny: Callable[[], Tiny]) -> None:
    platform = tiny()
    pids = platform.pids()
    assert answers(platform.home)

    platform.process.send_signal(signal.SIGINT)

    assert platform.process.wait(30) == 0
    assert set(pids) == EVERYTHING
    assert all_gone(pids, 1)
    assert platform.pids() == {}


@pytest.mark.nightly
def test_a_run_after_a_stop_resumes_the_same_instance(tiny: Callable[[], Tiny]) -> None:
    first = tiny()
    address, secrets = instance.load(first.home)["base_url"], instance.secrets_of(first.home)
    first.end()

    second = tiny()

    assert second.greeting == "READY"
    assert instance.load(second.home)["base_url"] == address
    assert instance.secrets_of(second.home) == secrets
    assert second.said().count("making the database cluster") == 1


@pytest.mark.nightly
def test_a_killed_launcher_takes_its_processes_along_and_the_next_run_recovers(
    tiny: Callable[[], Tiny],
) -> None:
    killed = tiny()
    pids = killed.pids()

    killed.process.kill()

    assert all_gone(pids)
    again = tiny()
    assert again.greeting == "READY"
    assert answers(again.home)


@pytest.mark.nightly
def test_a_database_killed_together_with_its_launcher_recovers(tiny: Callable[[], Tiny]) -> None:
    killed = tiny()
    pids = killed.pids()
    killed.process.kill()
    os.kill(pids["postgres"], signal.SIGKILL)

    again = tiny()

    assert again.greeting == "READY"
    assert answers(again.home)
    assert all_gone(pids)
