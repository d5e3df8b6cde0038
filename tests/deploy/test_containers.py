"""The container files: what they start exists, what they pass is read, and secrets reach only whom they must."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured
from django.core.management import get_commands

from config.settings.secrets_check import require_own_addresses, require_strong_secrets
from deploy.launch import children
from deploy.launch.environment import UV_VERSION
from deploy.launch.postgres import SETTINGS, Postgres

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PLATFORM = ("migrate", "web", "worker", "courier", "sweeper", "provisioner", "metrics")
NETWORKS = tuple(COMPOSE["networks"])
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
# Read by gunicorn's configuration, the migration's script, or the libraries.
READ_ELSEWHERE = {"WEB_WORKERS", "DATABASE_SUPERUSER_URL"}


def example() -> dict[str, str]:
    """The example file as an environment."""
    lines = (DEPLOY / "example.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_the_services_are_these():
    assert set(SERVICES) == {*PLATFORM, "backup-folder", "postgres", "valkey", "proxy"}


def test_only_migration_and_provisioner_hold_the_owners_address():
    holders = {name for name, service in SERVICES.items() if "DATABASE_ADMIN_URL" in service.get("environment", {})}
    assert holders == {"migrate", "provisioner"}
    superusers = {
        name for name, service in SERVICES.items() if "DATABASE_SUPERUSER_URL" in service.get("environment", {})
    }
    assert superusers == {"migrate"}
    assert SERVICES["provisioner"]["environment"]["DOOR_LOGIN"] == "migrator"
    assert not any("env_file" in service for service in SERVICES.values())


@pytest.mark.parametrize("name", PLATFORM)
def test_what_a_process_is_given_is_read(name: str):
    sources = [path.read_text() for root in ("platform", "reports") for path in (ROOT / root).rglob("*.py")]
    for variable in set(SERVICES[name]["environment"]) - READ_ELSEWHERE:
        assert any(re.search(rf'environ(?:ment)?(\.get\(|\[)\s*"{variable}"', source) for source in sources), variable
    elsewhere = (DEPLOY / "gunicorn.conf.py").read_text() + (DEPLOY / "migrate.sh").read_text()
    for variable in READ_ELSEWHERE:
        assert variable in elsewhere


def test_every_variable_of_the_compose_file_is_in_the_example_or_has_a_default():
    text = (DEPLOY / "compose.yaml").read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))
    assert required <= set(example())
    bare = set(re.findall(r"\$\{(\w+)[^}:]*\}", text))
    assert bare == set()


@pytest.mark.parametrize("name", PLATFORM)
def test_the_command_exists(name: str):
    command = [str(part) for part in SERVICES[name]["command"]]
    programs = Path(sys.executable).parent
    assert (programs / command[0]).exists() or shutil.which(command[0])
    if command[0] == "mentoring":
        assert command[1] in get_commands()
    for part in command:
        if part.startswith("/opt/mentoring/deploy/"):
            file = part.removeprefix("/opt/mentoring/")
            assert (ROOT / file).is_file()
            assert file in CONTAINERFILE
    if command[0] == "celery":
        from config.celery_settings import task_default_queue, task_routes

        every = {task_default_queue, *(route["queue"] for route in task_routes.values())}
        served = {
            queue
            for service in SERVICES.values()
            for part, queues in zip(service.get("command", []), service.get("command", [])[1:], strict=False)
            if part == "-Q"
            for queue in queues.split(",")
        }
        assert served == every


def test_the_migration_runs_before_everybody_and_the_image_is_one():
    for name in PLATFORM:
        assert SERVICES[name]["image"] == SERVICES["migrate"]["image"]
        if name != "migrate":
            assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert SERVICES["web"]["image"] == f"mentoring-region:{version}"


def test_our_own_image_is_asked_of_no_registry():
    """Seen: the first `up --build` asks a public registry for it, once per service, before it is built."""
    (builder,) = [name for name in PLATFORM if "build" in SERVICES[name]]
    assert SERVICES[builder]["pull_policy"] == "missing"
    assert {SERVICES[name]["pull_policy"] for name in PLATFORM if name != builder} == {"never"}


def test_everybody_but_the_database_writes_only_where_told_and_gains_no_rights():
    for name in {*PLATFORM, "valkey", "proxy"}:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert [name for name, service in SERVICES.items() if "cap_add" in service] == ["proxy"]
    # Otherwise each start leaves a nameless volume behind: the image declares one.
    assert SERVICES["valkey"]["tmpfs"] == ["/data"]


def test_the_image_is_read_by_somebody_else_whatever_the_checkouts_umask():
    _build, last = CONTAINERFILE.rsplit("\nFROM ", 1)
    assert re.findall(r"^COPY .*$", last, re.MULTILINE) == ["COPY --from=build /opt/mentoring /opt/mentoring"]
    assert "RUN chmod -R a+rX /opt/mentoring/deploy" in CONTAINERFILE


def test_images_are_pinned():
    images = [service["image"] for service in SERVICES.values()]
    images += re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    for image in images:
        assert re.fullmatch(r"[a-z0-9./-]+:[a-z0-9.-]*\d[a-z0-9.-]*", image), image
    assert f"ghcr.io/astral-sh/uv:{UV_VERSION}" in images


def test_only_the_proxy_is_reachable_and_the_courier_alone_has_a_way_out():
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    networks = {
        name: {key for key, service in SERVICES.items() if name in service.get("networks", [])} for name in NETWORKS
    }
    assert {name for name in NETWORKS if COMPOSE["networks"][name] != {"internal": True}} == {"edge", "out"}
    assert (networks["edge"], networks["front"], networks["out"]) == ({"proxy"}, {"proxy", "web"}, {"courier"})
    assert "proxy" not in networks["back"]
    assert all("networks" in service or service.get("network_mode") == "none" for service in SERVICES.values())


def test_the_database_is_made_like_the_embedded_one():
    arguments = SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    source = (DEPLOY / "launch" / "postgres.py").read_text()
    for argument in ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"):
        assert argument in arguments
        assert argument in source
    command = SERVICES["postgres"]["command"]
    for setting in ("max_connections", "max_locks_per_transaction", "jit", "password_encryption"):
        assert f"--{setting}={SETTINGS[setting]}" in command
    assert int(re.search(r":(\d+)", SERVICES["postgres"]["image"]).group(1)) >= 17


def test_long_running_services_tell_their_health():
    for name in ("web", "worker", "courier", "provisioner", "postgres", "valkey"):
        assert "test" in SERVICES[name]["healthcheck"], name
    assert "/healthz" in str(SERVICES["web"]["healthcheck"])


def test_the_proxy_waits_for_slow_lines():
    """Seen: an upload that took longer than a web process may be silent ended the process, and the user had a 500."""
    proxy = (DEPLOY / "Caddyfile").read_text()
    (allowed,) = re.findall(r"max_size (\S+)", proxy)
    (waited_for,) = re.findall(r"request_buffers (\S+)", proxy)
    assert allowed == waited_for


def test_a_checkout_whose_scripts_the_server_cannot_read_starts_nothing():
    """Seen: under a strict umask the archive command failed for ever and the log piled up."""
    folder = SERVICES["backup-folder"]
    assert all(f"/opt/backup/{name}" in folder["entrypoint"][2] for name in ("archive_wal.sh", "backup.sh"))
    assert "./backup:/opt/backup:ro" in folder["volumes"]
    assert SERVICES["postgres"]["depends_on"]["backup-folder"] == {"condition": "service_completed_successfully"}


def test_the_image_holds_no_secrets_and_runs_as_nobody_special():
    assert re.search(r"^USER 10001$", CONTAINERFILE, re.MULTILINE)
    assert not re.search(r"^(ARG|ENV).*(KEY|PEPPER|PASSWORD|DATABASE)", CONTAINERFILE, re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    assert all((ROOT / source).exists() for source in sources)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == sources
    assert "--no-default-groups" in CONTAINERFILE


def test_scripts_of_the_servers_are_mounted_where_they_are_called():
    assert "./backup:/opt/backup:ro" in SERVICES["postgres"]["volumes"]
    called = re.findall(r"/opt/backup/(\w+\.sh)", str(SERVICES))
    assert called
    assert all((DEPLOY / "backup" / name).is_file() for name in called)


@pytest.mark.parametrize("script", sorted(path.relative_to(ROOT).as_posix() for path in DEPLOY.rglob("*.sh")))
def test_scripts_are_plain_sh(script: str):
    assert (ROOT / script).read_text().startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", script], cwd=ROOT, check=True)


def test_the_example_is_refused():
    values = example()
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is weak"):
        require_strong_secrets(secret_key=values["SECRET_KEY"], pepper=values["PERSON_KEY_PEPPER"])
    for name in ("BASE_DOMAIN", "DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SUPERUSER_URL", "REDIS_URL"):
        with pytest.raises(ImproperlyConfigured, match=name):
            require_own_addresses({name: values[name]})


def new_env(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script that makes an installation's secrets."""
    return subprocess.run(
        [sys.executable, "-I", "deploy/new_env.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_fresh_secrets_are_accepted_and_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DEBUG", raising=False)
    monkeypatch.delenv("PEPPER_FINGERPRINT", raising=False)
    output = tmp_path / "one.env"
    assert new_env("nastavnik.example", "--output", str(output)).returncode == 0
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    text = output.read_text()
    values = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert values.keys() == example().keys()
    assert "replace-me" not in text
    require_strong_secrets(secret_key=values["SECRET_KEY"], pepper=values["PERSON_KEY_PEPPER"])
    require_own_addresses(values)
    assert f":{values['POSTGRES_PASSWORD']}@" in values["DATABASE_SUPERUSER_URL"]
    assert f":{values['VALKEY_PASSWORD']}@" in values["REDIS_URL"]
    assert len({values["SECRET_KEY"], values["PERSON_KEY_PEPPER"], values["DATABASE_URL"].split(":")[2]}) == 3

    again = new_env("nastavnik.example", "--output", str(output))
    assert again.returncode == 1
    assert "is left as it is" in again.stderr
    assert output.read_text() == text


@pytest.mark.parametrize("domain", ["", "localhost", "НАСТАВНИК.рф", "a b.example", "-x.example", "Example.org"])
def test_what_is_no_domain_is_refused(domain: str, tmp_path: Path):
    output = tmp_path / "none.env"
    assert new_env(domain, "--output", str(output)).returncode != 0
    assert not output.exists()


def test_a_checkout_never_takes_secrets_in():
    ignored = subprocess.run(
        ["git", "check-ignore", "deploy/.env", "deploy/certificates/privkey.pem"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )
    if ignored.returncode == 128:
        pytest.skip("not a git checkout")
    assert len(ignored.stdout.split()) == 2


@pytest.mark.nightly
def test_the_server_takes_the_settings_of_the_compose_file():
    """PostgreSQL itself reads them: a misspelt one would stop the container."""
    folder = Path(tempfile.mkdtemp(prefix="mentoring-settings-"))
    folder.chmod(0o755)
    server = Postgres(folder, folder, "unused", durable=False)
    try:
        server.start(0)
        server.stop()
        given = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", part) for part in SERVICES["postgres"]["command"][1:]]
        result = children.run_as(
            [server._programs() / "postgres", "-D", server.data, *given, "-C", "archive_command"],
            environment={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            folder=server.data,
            account=server.account,
        )
    finally:
        server.stop()
        shutil.rmtree(folder)
    assert (result.returncode, result.stdout) == (0, "sh /opt/backup/archive_wal.sh %p %f\n")
