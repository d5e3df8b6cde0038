"""The house: its layout, its import direction, its package. Each rule is also seen to catch a breach."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.application import use_cases
from importlinter.configuration import configure
from importlinter.domain.contract import registry

from tests.support.uv import uv_as_program

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("platform", "tenants", "schools", "regional_bank", "reports")


def test_platform_is_the_standard_librarys():
    """``platform/`` is a source root and never a package: an __init__.py there would shadow the stdlib's module."""
    assert Path(platform.__file__).name == "platform.py"
    assert ROOT not in Path(platform.__file__).parents
    assert [path.name for path in (ROOT / "platform").glob("*.py")] == ["manage.py"]


def test_every_package_folder_has_an_init():
    missing = {
        path.parent.relative_to(ROOT).as_posix()
        for top in (*PACKAGES, "tests", "deploy")
        for path in (ROOT / top).rglob("*.py")
        if not (path.parent / "__init__.py").exists() and path.parent != ROOT / "platform"
    }
    assert missing == set()


def test_the_root_holds_nothing_else():
    allowed_files = {"run.py", "pyproject.toml", "uv.lock", "README.md", "LICENSE", "CHANGELOG.md"}
    allowed_folders = {"platform", "tenants", "schools", "regional_bank", "reports", "deploy", "tests"}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    tops = {line.split("/", 1)[0]: "/" in line for line in listed.stdout.split("\0") if line}
    strangers = {
        name
        for name, is_folder in tops.items()
        if not name.startswith(".") and name not in (allowed_folders if is_folder else allowed_files)
    }
    assert strangers == set()


# Contract: what would break it, as (who imports, what). Packages that hold nothing yet are made up in the graph.
BREACHES = {
    "One import direction: config, reports, schools, regional_bank, tenants, core": [
        ("core.audit.services", "schools.people.models"),
        ("core.audit.services", "tenants.registry.models"),
        ("tenants.registry.models", "schools.people.models"),
        ("tenants.registry.models", "regional_bank"),
        ("regional_bank", "schools.people.models"),
        ("schools.people.models", "reports.rollup.models"),
        ("schools.people.models", "config.rights"),
    ],
    "django_tenants stays with the tenants": [
        ("schools.people.models", "django_tenants"),
        ("regional_bank", "django_tenants"),
    ],
    "The door stands on nothing but the libraries": [
        ("core.tenancy.tasks", "core.audit.request"),
        ("core.tenancy.backend.base", "core.metrics"),
        ("core.tenancy.context", "core.text.names"),
    ],
    "No cycles between siblings": [
        ("schools.people.models", "schools.pairs.models"),
        ("tenants.registry.models", "tenants.provisioning.services"),
        ("reports.rollup.models", "reports.dashboards.selectors"),
        ("core.audit.services", "core.accounts.models"),
    ],
    "A domain knows no framework": [
        ("schools.pairs.domain", "django"),
        ("schools.consents.domain", "schools.consents.models"),
        ("schools.imports.domain.cells", "rest_framework"),
        ("schools.coverage.domain.rules", "core.tenancy.limits"),
    ],
    "Matching is pure": [
        ("schools.matching.domain.fit", "django"),
        ("schools.matching.domain.fit", "core.text.names"),
        ("schools.matching.domain.solver", "tenants.reference.shipped"),
    ],
    "The checker of matching shares no code with the solver": [
        ("schools.matching.domain.checker", "schools.matching.domain.flow"),
        ("schools.matching.domain.problem", "schools.matching.domain.outcome"),
        ("schools.matching.domain.checker", "ortools"),
    ],
}


@pytest.fixture(scope="module")
def contracts() -> dict[str, Any]:
    """The contracts of pyproject.toml by name, as the linter itself reads them."""
    configure()
    options = use_cases.read_user_options(config_filename=str(ROOT / "pyproject.toml"))
    use_cases._register_contract_types(options)
    return {
        one["name"]: registry.get_contract_class(one["type"])(
            name=one["name"], session_options=options.session_options, contract_options=one
        )
        for one in options.contracts_options
    }


@pytest.fixture(scope="module")
def graph() -> Any:
    """Who imports what, today."""
    packages = ("config", "core", "tenants", "regional_bank", "schools", "reports")
    return grimp.build_graph(*packages, include_external_packages=True, cache_dir=None)


def _broken(contract: Any, graph: Any) -> bool:
    return not contract.check(deepcopy(graph), verbose=False).kept


def test_each_contract_holds_and_has_breaches_of_its_own(contracts: dict[str, Any], graph: Any):
    assert set(BREACHES) == set(contracts)
    assert {name for name, contract in contracts.items() if _broken(contract, graph)} == set()


@pytest.mark.parametrize("name", BREACHES)
def test_every_breach_of_a_contract_is_caught(contracts: dict[str, Any], graph: Any, name: str):
    kept = []
    for importer, imported in BREACHES[name]:
        assert importer in graph.modules, f"{importer} has moved"
        assert imported in graph.modules or not imported.startswith((*PACKAGES[1:], "core")), f"{imported} has moved"
        worse = deepcopy(graph)
        worse.add_import(importer=importer, imported=imported)
        if not _broken(contracts[name], worse):
            kept.append(f"{importer} → {imported}")
    assert kept == []


def test_every_domain_is_under_its_contract(graph: Any):
    """The wildcards reach each `domain` there is, a module or a package, in whatever room."""
    found = {path.relative_to(ROOT) for top in PACKAGES for path in (ROOT / top).rglob("domain*")}
    names = {
        ".".join(path.with_suffix("").parts).removeprefix("platform.")
        for path in found
        if path.suffix == ".py" or (ROOT / path / "__init__.py").exists()
    }
    assert len(names) >= 13
    domain = "A domain knows no framework"
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (sources,) = (one["source_modules"] for one in options if one["name"] == domain)
    assert {module for source in sources for module in graph.find_matching_modules(source)} == names


def test_the_command_of_the_check_says_so_too(copy: Path):
    """The same contracts through the program that the check runs, once kept and once broken by a line of code."""
    assert _lint(copy).returncode == 0
    path = copy / "schools" / "people" / "models.py"
    path.write_text(f"{path.read_text()}\n\ndef _late() -> None:\n    import reports.rollup.models\n")
    result = _lint(copy)
    assert (result.returncode, "schools.people.models -> reports.rollup.models" in result.stdout) == (1, True)


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{folder / 'platform'}{os.pathsep}{folder}"},
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The source alone, to be spoilt."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=lambda at, names: {
            one for one in names if not one.endswith(".py") and not (Path(at) / one).is_dir()
        })  # fmt: skip
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_rooms_of_the_documentation_are_the_folders():
    """Each room's row names its packages and modules, all of them and no others."""
    text = (ROOT / "platform" / "docs" / "architecture.md").read_text()
    rows = re.findall(r"^\| `([\w/]+)` \| (.+?) \|", text.partition("## Rooms")[2].partition("\n## ")[0], re.MULTILINE)
    told = {room: set(re.findall(r"`(\w+)`", holds)) for room, holds in rows if room != "platform/config"}
    there = {
        room: {
            path.stem
            for path in (ROOT / room).iterdir()
            if (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__")
        }
        for room in ("reports", "schools", "regional_bank", "tenants", "platform/core")
    }
    assert told == there


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("TID251", "from platform.core import tenancy"),
        ("TID252", "from . import models"),
        ("S608", 'def f(c, name):\n    c.execute(f"SELECT * FROM t WHERE x = {name}")'),
    ],
)
def test_ruff_catches(tmp_path: Path, code: str, line: str):
    """Relative imports, the impossible package and SQL glued from text are refused by the linter."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants" / "__init__.py").write_text('"""A package."""\n')
    (tmp_path / "tenants" / "bad.py").write_text(f'"""A breach."""\n\n{line}\n')
    result = subprocess.run(
        [Path(sys.executable).parent / "ruff", "check", "--no-cache", "--output-format", "concise", "tenants/bad.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert code in result.stdout


def test_migrations_are_complete():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    result = subprocess.run(
        [sys.executable, "platform/manage.py", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


# What runs beside the installed wheel: the libraries as plain files, so that no .pth leads back into the checkout.
_FROM_THE_WHEEL = """
import importlib, json, pathlib, sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import django
django.setup()
from django.contrib.staticfiles import finders
from django.core.management import get_commands
from django.db.migrations.loader import MigrationLoader
from django.template.loader import get_template
packages = ("config", "core", "tenants", "schools", "regional_bank", "reports")
loader = MigrationLoader(None)
seen = {name: importlib.import_module(name).__file__ for name in packages}
for name in ("ui/base.html", "pairs/list.html", "dashboards/region.html"):
    seen[name] = get_template(name).origin.name
seen["static"] = finders.find("ui/components.css")
ours = [key for key in loader.disk_migrations if loader.disk_migrations[key].__module__.startswith(packages)]
for key in ours:
    seen[" ".join(key)] = sys.modules[loader.disk_migrations[key].__module__].__file__
print(json.dumps({"seen": seen, "migrations": len(ours), "coverage": get_commands().get("coverage")}))
for name in ("tests", "deploy"):
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    sys.exit(f"{name} of the checkout is in reach")
"""


@pytest.mark.nightly
def test_the_wheel_works_outside_the_checkout(tmp_path: Path):
    """The installed wheel alone holds every file of ours: packages, templates, styles and migrations come from it."""
    uv, site = uv_as_program(tmp_path / "bin"), tmp_path / "site"
    subprocess.run([uv, "build", "--wheel", "--out-dir", tmp_path / "dist", ROOT], check=True, capture_output=True)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    install = [uv, "pip", "install", "--no-deps", "--python", sys.executable, "--target", site, wheel]
    subprocess.run(install, check=True, capture_output=True)

    result = subprocess.run(
        [sys.executable, "-S", "-c", _FROM_THE_WHEEL, site, sysconfig.get_paths()["purelib"]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert {name: file for name, file in told["seen"].items() if not Path(file).is_relative_to(site)} == {}
    assert told["coverage"] == "reports.rollup"
    assert told["migrations"] >= 30
    listed = subprocess.run(["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True)
    sources = {path.removeprefix("platform/") for path in listed.stdout.split("\0") if path}
    packed = {path for path in sources if path.split("/")[0] not in ("docs", "manage.py")}
    assert len(packed) > 1000
    assert {path for path in packed if not (site / path).is_file()} == set()
