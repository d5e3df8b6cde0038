"""A production installation on loopback: its own database, its own secrets, its own processes."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.support.database import clone, drop, ensure_template, superuser_url

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = "nastavnik.example"
KEY = "vN8#kq2Lw5!zR7xT0pYb4mJc9dHf6gSa1uEoQiWnBvCxZlKj3aa"
PEPPER = "P1aQz8WsXe3DcRf5VtGb7YhNu2JmIk4LoAp9KzMxNcBvQwErTybb"


def fingerprint(pepper: str) -> str:
    """The fingerprint as the installation's row holds it."""
    return hashlib.sha256(pepper.encode()).hexdigest()


@contextmanager
def production_database(pepper: str = PEPPER) -> Iterator[str]:
    """A copy of the check's template that remembers this pepper; gives its name."""
    name = f"production_{os.getpid()}"
    clone(ensure_template(), name)
    try:
        with psycopg.connect(superuser_url(name)) as connection:
            connection.execute(
                "UPDATE region.registry_installation SET pepper_fingerprint = %s", (fingerprint(pepper),)
            )
        yield name
    finally:
        drop(name)


def variables(database: str, static: Path, **more: str) -> dict[str, str]:
    """The environment of a process of the installation; nothing of ours but the path of programs."""
    cluster = urlsplit(superuser_url(database))
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(static.parent),
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": KEY,
        "PERSON_KEY_PEPPER": PEPPER,
        "BASE_DOMAIN": DOMAIN,
        "DATABASE_URL": f"postgresql://app:test-only-app@{cluster.hostname}:{cluster.port}/{database}",
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:1/0"),
        "STATIC_ROOT": str(static),
        **more,
    }


def collect_static(environment: dict[str, str]) -> None:
    """Gather the static files as the image's build does."""
    subprocess.run(
        [sys.executable, "-m", "config.cli", "collectstatic", "--noinput", "--verbosity", "0"],
        env=environment,
        cwd=ROOT,
        check=True,
    )


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def gunicorn(
    environment: dict[str, str], port: int, log: Path, deploy: Path = ROOT / "deploy"
) -> subprocess.Popen[bytes]:
    """Start the web server exactly as the container does, on loopback."""
    with log.open("wb") as out:
        return subprocess.Popen(
            ["gunicorn", "--config", str(deploy / "gunicorn.conf.py"), "config.wsgi:application"],
            env={**environment, "WEB_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"},
            cwd=log.parent,
            stdout=out,
            stderr=subprocess.STDOUT,
        )


def get(
    port: int, path: str, host: str, *, https: bool = True, patience: float = 10, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Ask as the proxy does, waiting so many seconds; gives status, headers (lower case) and body."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        sent = {"Host": host, **({"X-Forwarded-Proto": "https"} if https else {}), **headers}
        link.request("GET", path, headers=sent)
        answer = link.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        link.close()


def wait_for_web(process: subprocess.Popen[bytes], port: int, log: Path, seconds: float = 30) -> None:
    """Wait for the first answer of /healthz.

    :raises AssertionError: with the log when none comes.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if get(port, "/healthz", "127.0.0.1", https=False)[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))
