"""The operator's page names what exists: variables, commands, files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "platform" / "docs" / "operations.md").read_text()
COMPOSE = (ROOT / "deploy" / "compose.yaml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]


def test_every_variable_of_the_containers_is_explained():
    table = PAGE.split("## Environment")[1].split("\n## ")[0]
    for name in ("migrate", "web", "worker", "courier", "sweeper", "provisioner"):
        for variable in SERVICES[name]["environment"]:
            assert f"`{variable}`" in table, variable


def test_every_variable_that_settings_read_is_explained():
    table = PAGE.split("## Environment")[1].split("\n## ")[0]
    sources = (
        ROOT / "platform" / "config" / "settings" / name for name in ("base.py", "production.py", "secrets_check.py")
    )
    read = {name for path in sources for name in re.findall(r'environ(?:\.get\(|\[)\s*"(\w+)"', path.read_text())}
    local = {"BASE_PORT", "MENTORING_HOME", "DEBUG"}
    assert {name for name in read - local if f"`{name}`" not in table} == set()


# Set by the compose file or the image; given to one command by hand; for whoever develops a receiver of events.
SET_THERE = {
    "DOOR_LOGIN", "TRUSTED_PROXIES", "STATIC_ROOT", "WEB_BIND", "METRICS_DIR", "METRICS_BIND", "TOMBSTONES_FILE",
    "DJANGO_SETTINGS_MODULE",
}  # fmt: skip
NOT_OF_THE_FILE = {"PERSON_KEY_PEPPER_FORMER", "WEBHOOKS_TO_LOOPBACK"}


def told() -> dict[str, set[str]]:
    """Return the services that the table names for each variable."""
    table = PAGE.split("## Environment")[1].split("\n## ")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    everybody = {"migrate", "web", "worker", "courier", "sweeper", "provisioner", "metrics"}
    return {
        variable: everybody if who.strip() in ("all", "optional") else set(re.findall(r"`(\w+)`", who)) & set(SERVICES)
        for names, who in rows
        for variable in re.findall(r"`(\w+)`", names)
    }


def test_a_line_of_the_env_file_reaches_whoever_the_table_names():
    checked = 0
    for variable, services in told().items():
        if variable in SET_THERE | NOT_OF_THE_FILE:
            continue
        for name in services:
            given = str(SERVICES[name]["environment"].get(variable, ""))
            assert given.startswith("${" + variable + ":"), (name, variable)
            checked += 1
    assert checked > 100
    assert {name for name in NOT_OF_THE_FILE if name in COMPOSE} == set()
    paragraph = PAGE.split("## Environment")[1].split("| Variable")[0]
    assert set(re.findall(r"`([A-Z_]+)`", paragraph)) == SET_THERE


def test_without_a_line_compose_gives_what_the_code_would_take():
    sources = ("platform/config/settings/base.py", "platform/config/celery_notes.py", "deploy/backup/backup.sh")
    code = "".join((ROOT / name).read_text() for name in sources)
    taken = dict(re.findall(r'(?:environ\.get\(|\$\{)"?(\w+)(?:", "|:-)([^"}]+)', code))
    given = dict(re.findall(r"\$\{(\w+):-([^}]+)\}", COMPOSE))
    both = sorted(taken.keys() & given.keys())
    assert {"SCHOOL_SHARE_RATE", "WORKER_GRACE_SECONDS", "KEEP_BACKUPS"} <= set(both)
    assert [name for name in both if taken[name] != given[name]] == []


def test_every_variable_that_compose_puts_in_is_explained():
    assert set(re.findall(r"\$\{(\w+)", COMPOSE)) <= set(told())


def test_every_command_exists():
    known = get_commands()
    named = set(re.findall(r"mentoring ([a-z_]+)", PAGE)) - {"region"}
    assert {"ensure_region_admin", "create_account", "check", "sweeper", "load_region"} <= named
    assert {name for name in named if name not in known} == set()


@pytest.mark.parametrize(
    "page", sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "platform" / "docs").rglob("*.md"))
)
def test_links_between_pages_lead_somewhere(page: str):
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / link).exists(), link


def test_every_service_is_described():
    table = PAGE.split("## Processes")[1].split("\n## ")[0]
    for name in set(SERVICES) - {"backup-folder"}:
        assert f"| `{name}` |" in table
    for path in re.findall(r"deploy/[\w./-]+\.(?:sh|py|yaml|env)", PAGE):
        assert (ROOT / path).exists() or path == "deploy/.env", path
