"""The operator's page names what exists: variables, commands, files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "platform" / "docs" / "operations.md").read_text()
SERVICES = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]


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
