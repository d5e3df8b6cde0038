"""`run.py` itself over the real platform: up, stop, manage, a second run, servers of somebody else's."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from deploy.launch import instance
from deploy.launch.servers import Outside, ServerSet
from tests.launcher.conftest import CHECKOUT, all_gone, eventually, variables_for
from tests.launcher.test_servers import altered

pytestmark = pytest.mark.nightly
RUN = [sys.executable, "run.py"]


def run(variables: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `run.py` to its end."""
    return subprocess.run([*RUN, *arguments], env=variables, cwd=CHECKOUT, capture_output=True, text=True, timeout=300)


def get(home: Path, host: str, path: str) -> int:
    """Ask the web of an instance; the status."""
    request = urllib.request.Request(instance.load(home)["base_url"] + path, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)


def test_up_in_the_background_then_commands_then_stop(home: Path, variables: dict[str, str]) -> None:
    up = run(variables, "up", "--detach")
    assert up.returncode == 0, up.stderr
    assert up.stdout.rstrip().endswith("READY")
    content = instance.load(home)
    assert get(home, content["region_host"], "/healthz") == 200
    pids = content["pids"]
    (account,) = content["accounts"]
    assert (account["role"], account["host"]) == ("region_admin", content["region_host"])
    assert account["password"] in up.stdout

    again = run(variables, "up")
    assert (again.returncode, again.stdout.rstrip().splitlines()[-1]) == (0, "READY")
    assert instance.load(home) == content
    printed = run(variables, "manage", "shell", "--verbosity", "0", "-c", "print('only this')")
    assert (printed.returncode, printed.stdout) == (0, "only this\n")

    stopped = run(variables, "stop")
    assert stopped.returncode == 0
    assert all_gone(pids, 1)


def test_the_whole_platform_without_time_zones_and_shared_memory(home: Path, variables: dict[str, str]) -> None:
    prefix = altered("mount -t tmpfs none /usr/share && mount -t tmpfs -o ro none /dev/shm")
    up = subprocess.run(
        [*prefix, *RUN, "up", "--detach"], env=variables, cwd=CHECKOUT, capture_output=True, text=True, timeout=300
    )
    assert up.returncode == 0, up.stderr
    try:
        assert get(home, instance.load(home)["region_host"], "/healthz") == 200
        assert eventually(lambda: '"worker_ready"' in (home / "logs" / "worker.log").read_text(encoding="utf-8"))
        said = (home / "logs" / "launcher.log").read_text(encoding="utf-8")
        assert "the system has no time zones" in said
        assert "shared memory (/dev/shm) is absent or small" in said
    finally:
        assert run(variables, "stop").returncode == 0


def test_up_in_the_foreground_ends_by_ctrl_c(home: Path, variables: dict[str, str]) -> None:
    up = subprocess.Popen([*RUN, "up"], env=variables, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    assert up.stdout is not None
    assert any(line == "READY\n" for line in iter(up.stdout.readline, ""))
    pids = instance.load(home)["pids"]
    up.send_signal(signal.SIGINT)
    assert up.wait(60) == 0
    assert all_gone(pids, 1)


def test_no_ordinary_process_holds_the_address_of_the_owner(home: Path, variables: dict[str, str]) -> None:
    assert run(variables, "up", "--detach").returncode == 0
    try:
        holders = set()
        for name, pid in instance.load(home)["pids"].items():
            held = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if any(line.startswith((b"DATABASE_ADMIN_URL=", b"DATABASE_SUPERUSER_URL=")) for line in held):
                holders.add(name)
            assert not any(line.startswith(b"MENTORING_SECRETS=") for line in held)
        assert holders == {"provisioner"}
    finally:
        run(variables, "stop")


def test_manage_starts_migrates_runs_and_stops(home: Path, variables: dict[str, str]) -> None:
    first = run(variables, "manage", "shell", "--verbosity", "0", "-c", "import sys; print('out'); sys.exit(2)")
    assert (first.returncode, first.stdout) == (2, "out\n"), first.stderr
    assert "migrating" in first.stderr
    second = run(variables, "manage", "shell", "--verbosity", "0", "-c", "print('out')")
    assert (second.returncode, second.stdout) == (0, "out\n")
    assert "migrating" not in second.stderr
    record = json.loads((home / "servers.json").read_text(encoding="utf-8"))
    assert (record["owner"], record["pids"]) == (None, {})


def test_two_commands_at_once_share_servers(home: Path, variables: dict[str, str]) -> None:
    script = "import time; time.sleep(3); from django.db import connection; print('done')"
    command = [*RUN, "manage", "shell", "--verbosity", "0", "-c", script]
    both = [
        subprocess.Popen(
            command, env=variables, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert [answer[0] for answer in answers] == ["done\n", "done\n"]
    assert sum("starting postgres" in answer[1] for answer in answers) == 1


def test_servers_of_somebody_elses(home: Path, variables: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    with ServerSet(home, Outside(), durable=False).in_use() as addresses:
        given = variables_for(other) | {
            "DATABASE_URL": addresses.app,
            "DATABASE_ADMIN_URL": addresses.admin or "",
            "DATABASE_SUPERUSER_URL": addresses.superuser or "",
            "REDIS_URL": addresses.broker,
        }
        checked = run(given, "manage", "check")
        assert checked.returncode == 0, checked.stderr
        assert "starting" not in checked.stderr
        up = run(given, "up", "--detach")
        try:
            assert up.returncode == 0, up.stderr
            assert get(other, instance.load(other)["region_host"], "/healthz") == 200
            assert {"postgres", "valkey"}.isdisjoint(instance.load(other)["pids"])
        finally:
            run(given, "stop")
    assert not (other / "servers").exists()


def test_a_plain_user_after_root_in_the_same_clone(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    folder = Path("/tmp") / f"mentoring-clone-{os.getpid()}"
    subprocess.run(["git", "clone", "-q", str(CHECKOUT), str(folder)], check=True)
    try:
        folder.chmod(0o755)
        subprocess.run(["chown", "-R", "nobody", str(folder)], check=True)
        python = "/usr/bin/python3"
        kept = ("SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy", "PIP_INDEX_URL", "UV_INDEX_URL")
        variables = {name: os.environ[name] for name in kept if name in os.environ}
        variables |= {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}
        for user in ("root", "nobody", "nobody"):
            done = subprocess.run(
                [python, "run.py", "manage", "check"],
                env=variables,
                cwd=folder,
                user=user,
                extra_groups=[],
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode == 0, done.stderr
            assert "no issues" in done.stdout
        assert (folder / ".local-65534" / "secrets.json").stat().st_uid == 65534
        assert eventually(lambda: not (folder / ".local" / "servers.json").read_text().count('"pid"'))
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)
