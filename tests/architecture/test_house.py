"""The house: its layout, its import direction, its package. Each rule is also seen to catch a breach."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{folder / 'platform'}{os.pathsep}{folder}"},
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


BREACHES = {
    "the kernel imports a school": ("platform/core/audit/services.py", "import schools.people.models"),
    "tenants import schools": ("tenants/registry/models.py", "import schools.people.models"),
    "schools import reports": ("schools/people/models.py", "import reports"),
    "somebody imports config": ("schools/people/models.py", "import config.rights"),
    "a school imports django_tenants": ("schools/people/models.py", "import django_tenants.utils"),
    "the door imports the audit": ("platform/core/tenancy/tasks.py", "import core.audit.request"),
    "siblings in a circle": ("schools/people/models.py", "import schools.pairs.models"),
}


def test_the_imports_are_in_order(copy: Path):
    result = _lint(copy)
    assert result.returncode == 0, result.stdout[-2000:]


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_caught(copy: Path, breach: str):
    file, line = BREACHES[breach]
    path = copy / file
    kept = path.read_text()
    path.write_text(f"{kept}\n{line}\n")
    try:
        assert _lint(copy).returncode == 1
    finally:
        path.write_text(kept)


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


@pytest.mark.nightly
def test_the_wheel_works_outside_the_checkout(tmp_path: Path):
    """The built wheel imports and finds its templates in a folder that is not the checkout."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on the PATH")
    subprocess.run([uv, "build", "--wheel", "--out-dir", tmp_path / "dist", ROOT], check=True, capture_output=True)
    wheel = next((tmp_path / "dist").glob("*.whl"))
    shutil.unpack_archive(wheel, tmp_path / "site", format="zip")
    script = (
        "import django, core, schools, pathlib; django.setup(); from django.template.loader import get_template; "
        "get_template('ui/base.html'); print(pathlib.Path(core.__file__).parents[1])"
    )
    result = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            (
                f"import site, sys; sys.path[:0] = [{str(tmp_path / 'site')!r}]; "
                f"site.addsitedir({str(Path(django_path()).parent)!r}); {script}"
            ),
        ],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == str(tmp_path / "site")


def django_path() -> str:
    """Return the folder of the installed Django."""
    import django

    return str(Path(django.__file__).parent)
