"""The embedded servers on machines that lack something: shared memory, time zones, a free port."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from deploy.launch import instance, machine
from deploy.launch.servers import Outside, ServerSet
from tests.launcher.conftest import CHECKOUT, TINY


def facts(variables: dict[str, str], *, before: str = "") -> tuple[dict[str, str], str]:
    """Start servers in a machine altered by the shell commands `before`; their facts, and what was said."""
    command = [*TINY, "facts"]
    if before:
        command = [*altered(before), *command]
    done = subprocess.run(command, env=variables, cwd=CHECKOUT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


def altered(commands: str) -> list[str]:
    """A prefix that runs a program with mounts of its own, under the same account."""
    if os.geteuid() == 0:
        prefix, script = ["unshare", "--mount"], f'{commands} && exec "$@"'
    else:
        prefix = ["unshare", "--map-root-user", "--mount"]
        back = f"--map-user={os.geteuid()} --map-group={os.getegid()}"
        script = f'{commands} && exec unshare --user {back} -- "$@"'
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount anything")
    return [*prefix, "sh", "-c", script, "sh"]


@pytest.mark.nightly
def test_a_small_shared_memory_is_worked_around(variables: dict[str, str]) -> None:
    found, said = facts(variables, before="mount -t tmpfs -o size=1m none /dev/shm")
    assert found["shared_memory"] == "mmap"
    assert "shared memory (/dev/shm) is absent or small" in said


@pytest.mark.nightly
def test_missing_time_zones_are_mended(variables: dict[str, str]) -> None:
    found, said = facts(variables, before="mount -t tmpfs none /usr/share")
    assert found["moscow"] == "2024-07-01 15:00:00"
    assert int(found["zones"]) > 300
    assert "the system has no time zones" in said


@pytest.mark.nightly
def test_a_whole_machine_uses_what_the_system_has(variables: dict[str, str]) -> None:
    found, said = facts(variables)
    assert (found["moscow"], found["folded"]) == ("2024-07-01 15:00:00", "ёжЁ")
    assert "no time zones" not in said


def test_taken_ports_are_given_up_and_free_ones_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.launch.postgres.LET_GO_SECONDS", 0.1)
    free = machine.free_port()
    with socket.create_server(("127.0.0.1", 0)) as thief:
        taken = thief.getsockname()[1]
        instance.write_private(home / "servers.json", {"ports": {"postgres": taken, "valkey": free}})
        with ServerSet(home, Outside(), durable=False).in_use() as addresses:
            assert f":{free}/" in addresses.broker
            assert f":{taken}/" not in (addresses.superuser or "")
            with psycopg.connect(addresses.superuser or "") as link:
                assert link.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.nightly
def test_a_command_joins_running_servers_and_leaves_them_running(variables: dict[str, str], home: Path) -> None:
    with ServerSet(home, Outside(), durable=False).in_use() as addresses:
        joined, said = facts(variables)
        assert joined["superuser"] == addresses.superuser
        assert "starting" not in said
        with psycopg.connect(addresses.superuser or "") as link:
            assert link.execute("SELECT 1").fetchone() == (1,)
        wrong = (addresses.superuser or "").replace("postgres:", "postgres:x", 1)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(addresses.superuser or "")
