"""Addresses, files and refusals of the launcher that need no server."""

import runpy
import socket
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.launch import instance, machine, places
from deploy.launch.address import choose_port, ensure_address, open_listener
from deploy.launch.cli import launch
from deploy.launch.report import LaunchError
from deploy.launch.servers import Outside, ServerSet
from tests.launcher.conftest import CHECKOUT


def _add_schools(home: Path, worker: int) -> None:
    for number in range(20):
        instance.update(home, lambda content, code=f"w{worker}-{number}": content["schools"].update({code: code}))


def test_simultaneous_changes_of_an_instance_are_all_kept(home: Path) -> None:
    # Each change opens the lock anew, so threads exclude one another just as processes do.
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda worker: _add_schools(home, worker), range(4)))
    assert len(instance.load(home)["schools"]) == 80
    assert stat.S_IMODE((home / "instance.json").stat().st_mode) == 0o600
    assert {path.name for path in home.iterdir()} == {"instance.json", ".instance.lock"}


def test_hosts_follow_the_port(home: Path) -> None:
    instance.set_address(home, 8123)
    instance.set_schools(home, ["sch02", "sch01"])
    host = "sch01.localhost:8123"
    for password in ("first", "second"):
        instance.record_account(
            home, role="director", host=host, login="director@sch01", password=password, totp_secret=None
        )
    for token in ("first", "second"):
        instance.record_token(home, role="director", host=host, token=token)
    instance.set_address(home, 8124)
    content = instance.load(home)
    assert content["tokens"] == [{"role": "director", "host": "sch01.localhost:8124", "token": "second"}]
    assert content["base_url"] == "http://127.0.0.1:8124"
    assert content["region_host"] == "region.localhost:8124"
    assert content["schools"] == {"sch01": "sch01.localhost:8124", "sch02": "sch02.localhost:8124"}
    assert [(one["host"], one["password"]) for one in content["accounts"]] == [("sch01.localhost:8124", "second")]


def test_the_port_of_the_last_run_is_used_until_it_is_taken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MENTORING_PORT", raising=False)
    monkeypatch.setattr("deploy.launch.address.LET_GO_SECONDS", 0.2)
    port = ensure_address(home)
    assert choose_port(home) == port
    with open_listener(home) as ours:
        assert ours.getsockname()[1] == port
        assert choose_port(home) != port


def test_a_port_asked_for_and_taken_is_refused_with_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.launch.address.LET_GO_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as thief:
        monkeypatch.setenv("MENTORING_PORT", str(thief.getsockname()[1]))
        with pytest.raises(LaunchError, match=r"taken by another program\. Stop it, give another number"):
            choose_port(home)
    free = machine.free_port()
    monkeypatch.setenv("MENTORING_PORT", str(free))
    assert choose_port(home) == free
    monkeypatch.setenv("MENTORING_PORT", "eighty")
    with pytest.raises(LaunchError, match="is no port"):
        choose_port(home)


def test_servers_given_by_address_replace_the_embedded_ones(home: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://app:a@db/mentoring",
        "DATABASE_ADMIN_URL": "postgresql://owner:o@db/mentoring",
        "REDIS_URL": "redis://broker/0",
    }
    servers = ServerSet(home, Outside.of_instance(given))
    assert servers.embedded == []
    assert (servers.addresses.app, servers.addresses.admin) == (given["DATABASE_URL"], given["DATABASE_ADMIN_URL"])
    assert (servers.addresses.broker, servers.addresses.superuser) == (given["REDIS_URL"], None)
    part = ServerSet(home, Outside.of_instance({"REDIS_URL": "redis://broker/0"}))
    assert [server.name for server in part.embedded] == ["postgres"]
    del given["DATABASE_URL"]
    with pytest.raises(LaunchError, match="DATABASE_ADMIN_URL is set and DATABASE_URL is not"):
        Outside.of_instance(given)


@pytest.mark.parametrize(
    ("system", "processor", "library", "words"),
    [
        ("darwin", "arm64", ("", ""), "built for Linux on x86-64, and this is darwin on arm64"),
        ("linux", "aarch64", ("glibc", "2.36"), "this is linux on aarch64"),
        ("linux", "x86_64", ("", ""), "need glibc"),
        ("linux", "x86_64", ("glibc", "2.31"), "2.34 or newer, and this is 2.31"),
    ],
)
def test_other_systems_are_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    processor: str,
    library: tuple[str, str],
    words: str,
) -> None:
    monkeypatch.setattr(machine.sys, "platform", system)
    monkeypatch.setattr(machine.platform, "machine", lambda: processor)
    monkeypatch.setattr(machine.platform, "libc_ver", lambda: library)
    with pytest.raises(LaunchError, match=words) as refused:
        Outside().check()
    assert "DATABASE_URL, DATABASE_ADMIN_URL and REDIS_URL" in str(refused.value)
    assert "compose" in str(refused.value)


def test_a_given_server_that_does_not_answer_is_named_without_its_password() -> None:
    silent = f"127.0.0.1:{machine.free_port()}"
    given = Outside.of_instance({"DATABASE_URL": f"postgresql://app:canary@{silent}/x", "REDIS_URL": "redis://x"})
    with pytest.raises(LaunchError, match=f"Nothing answers at {silent}") as refused:
        given.check()
    assert "canary" not in str(refused.value)


def test_another_python_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(CHECKOUT / "run.py"), run_name="__main__")
    assert ended.value.code == 1
    assert "needs Python 3.11, 3.12 or 3.13, and this is 3.10.13" in capsys.readouterr().err


def test_a_folder_of_another_user_is_left_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENTORING_HOME", str(home))
    monkeypatch.setattr(places, "CHECKOUT", home)
    (home / ".local").mkdir()
    (home / "secrets.json").touch()
    assert places.own_folder(".local") == home / ".local"
    assert places.instance_home() == home
    monkeypatch.setattr(places.os, "geteuid", lambda: 4711)
    assert places.own_folder(".local") == home / ".local-4711"
    with pytest.raises(LaunchError, match="belongs to another user"):
        places.instance_home()


def test_verbs(capsys: pytest.CaptureFixture[str]) -> None:
    assert launch(["--help"]) == 0
    told = capsys.readouterr().out
    for verb in ("demo", "up", "stop", "test", "bench", "manage"):
        assert f"run.py {verb}" in told
    assert launch([]) == 2
    assert launch(["dmeo"]) == 2
    assert "There is no verb 'dmeo'" in capsys.readouterr().err


def test_stop_without_an_instance_says_so(variables: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "run.py", "stop"], env=variables, cwd=CHECKOUT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert "nothing runs in" in done.stderr
