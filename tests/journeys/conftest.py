"""A site with committed seeds behind gunicorn, and one Chromium, for all journeys of a worker."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.crawl import Site
from tests.support import world
from tests.support.browser import chromium
from tests.support.database import ROOT, clone, content_hash, drop, ensure_template


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a Chromium, closed with its module: while it is open, Django refuses the database to other tests here."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a running site whose database holds the seeds of the matrix, committed."""
    name = f"site_{content_hash()}_{os.getpid()}"
    clone(ensure_template(), name)
    log = tmp_path_factory.mktemp("site") / "site.log"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        process = _start(name, listener, log)
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, f"the site did not start:\n{log.read_text(encoding='utf-8')[-4000:]}"
            told = json.loads(line)
            yield Site(listener.getsockname()[1], told["sessions"], told["code"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
            drop(name)
    # P19: what everything that was clicked and typed has left in the process's log names nobody.
    assert world.SCHOOL_A.surname.lower() not in log.read_text(encoding="utf-8").lower()


def _start(name: str, listener: socket.socket, log: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.journeys.site_settings",
        "DOOR_LOGIN": "app",
        "TEST_DATABASE_NAME": name,
        "SITE_PORT": str(listener.getsockname()[1]),
        "SITE_SOCKET": str(listener.fileno()),
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    with log.open("w") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.site"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            pass_fds=(listener.fileno(),),
        )
