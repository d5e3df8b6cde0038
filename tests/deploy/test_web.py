"""The web server of production, started for real: health, static files, hosts, logs, and its refusals to start."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.production import (
    DOMAIN,
    PEPPER,
    ROOT,
    collect_static,
    free_port,
    get,
    gunicorn,
    production_database,
    variables,
    wait_for_web,
)

REGION = f"region.{DOMAIN}"
# One worker for all of them: the server is started once. What it refuses by day: ``tests/config/test_production.py``.
pytestmark = [pytest.mark.nightly, pytest.mark.xdist_group("production web")]


@dataclass
class Web:
    """A running web server."""

    port: int
    log: Path
    environment: dict[str, str]

    def lines(self) -> list[dict[str, object]]:
        """The lines of the log, each of which must be JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("web")
    with production_database() as database:
        environment = variables(database, folder / "static")
        collect_static(environment)
        port, log = free_port(), folder / "web.log"
        process = gunicorn(environment, port, log)
        try:
            wait_for_web(process, port, log)
            yield Web(port, log, environment)
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.parametrize("host", [REGION, f"sch-a.{DOMAIN}", "127.0.0.1", "10.1.2.3:8000", "stranger.example", "_"])
@pytest.mark.parametrize("https", [True, False])
def test_health_answers_on_any_host(web: Web, host: str, https: bool):
    status, headers, body = get(web.port, "/healthz", host, https=https)
    assert (status, json.loads(body)) == (200, {"database": True})
    assert "location" not in headers


def test_plain_http_is_sent_to_https(web: Web):
    status, headers, _ = get(web.port, "/accounts/login/", REGION, https=False)
    assert (status, headers["location"]) == (301, f"https://{REGION}/accounts/login/")


def test_a_strange_host_is_a_404_that_names_nothing(web: Web):
    status, _, body = get(web.port, "/", "stranger.example")
    assert status == 404
    assert body.decode() == "Страница не найдена"


def test_pages_come_with_hashed_files_that_browsers_keep(web: Web):
    for host in (REGION, f"sch-a.{DOMAIN}"):
        status, headers, body = get(web.port, "/accounts/login/", host)
        assert status == 200
        assert headers["strict-transport-security"].startswith("max-age=31536000")
        links = re.findall(r'(?:href|src)="(/static/[^"]+)"', body.decode())
        assert len(links) >= 6
        for link in links:
            assert re.search(r"\.[0-9a-f]{12}\.", link), link
            status, headers, _ = get(web.port, link, host)
            assert status == 200
            assert "immutable" in headers["cache-control"]


def test_stylesheets_are_compressed_and_lead_to_fonts_that_exist(web: Web):
    _, _, page = get(web.port, "/accounts/login/", REGION)
    sheet = re.search(r"/static/ui/tokens\.[0-9a-f]+\.css", page.decode())
    assert sheet is not None
    _, headers, _ = get(web.port, sheet.group(), REGION, **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    _, _, text = get(web.port, sheet.group(), REGION)
    fonts = re.findall(r'url\("?([^")]+\.woff2)"?\)', text.decode())
    assert len(fonts) == 8
    for font in fonts:
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)
        assert get(web.port, f"/static/ui/{font}", REGION)[0] == 200


def test_the_log_tells_numbers_and_no_paths(web: Web):
    canary = "kanareyka"
    _, headers, _ = get(
        web.port,
        f"/{canary}/?q={canary}",
        REGION,
        **{"User-Agent": canary, "Referer": canary, "X-Forwarded-For": canary},
    )
    deadline = time.monotonic() + 5
    while headers["x-request-id"] not in web.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    text = web.log.read_text()
    assert canary not in text
    (line,) = [line for line in web.lines() if line.get("request") == headers["x-request-id"]]
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 404)
    assert (line["world"], line["route"]) == ("region", "-")
    assert isinstance(line["took_ms"], float)
    assert "/healthz" not in text


def test_a_broken_request_leaves_nothing_of_itself_in_the_log(web: Web):
    import socket

    with socket.create_connection(("127.0.0.1", web.port), timeout=5) as link:
        link.sendall(b"GET /kanareyka HTTP/9.9 kanareyka\r\n\r\n")
        assert b"400" in link.recv(200)
    time.sleep(0.2)
    assert "kanareyka" not in web.log.read_text()
    assert any(line["event"] == "Invalid request" for line in web.lines())


@pytest.mark.nightly
@pytest.mark.parametrize("is_told", [True, False])
def test_a_slow_download_outlives_what_a_process_may_be_silent(web: Web, tmp_path: Path, is_told: bool):
    """With the sign of life after each piece; without it the server ends the process in the middle."""
    port, log = free_port(), tmp_path / "slow.log"
    application = ["tests.deploy.slow_file:application", "--timeout", "3", "--config"]
    config = ROOT / "deploy" / "gunicorn.conf.py"
    if not is_told:
        config = tmp_path / "silent.conf.py"
        config.write_text(
            (ROOT / "deploy" / "gunicorn.conf.py").read_text() + "\npost_fork = lambda server, worker: None\n"
        )
    environment = {**web.environment, "WEB_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["gunicorn", *application, str(config)], env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 30
        while "Booting worker" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        if is_told:
            status, headers, body = get(port, "/", REGION)
            assert (status, headers["content-length"], len(body)) == (200, "8000", 8000)
        else:
            with pytest.raises((http.client.HTTPException, OSError)):
                get(port, "/", REGION)
    finally:
        process.terminate()
        process.wait(30)


def refusal(environment: dict[str, str], folder: Path) -> str:
    """What the web server says when it does not start."""
    log = folder / "refused.log"
    process = gunicorn(environment, free_port(), log)
    try:
        assert process.wait(30) != 0
    except subprocess.TimeoutExpired:
        raise AssertionError("it started") from None
    finally:
        process.kill()
    return log.read_text()


def test_it_refuses_another_installations_pepper(web: Web, tmp_path: Path):
    """The fingerprint in the database is enough; no variable has to be set."""
    words = refusal({**web.environment, "PERSON_KEY_PEPPER": PEPPER[::-1]}, tmp_path)
    assert "PERSON_KEY_PEPPER is not the one this database was filled with" in words


@pytest.mark.nightly
def test_it_refuses_without_static_files(web: Web, tmp_path: Path):
    words = refusal({**web.environment, "STATIC_ROOT": str(tmp_path / "nothing")}, tmp_path)
    assert "Run the command collectstatic first" in words


@pytest.mark.nightly
def test_it_refuses_without_a_database(web: Web, tmp_path: Path):
    words = refusal({**web.environment, "DATABASE_URL": "postgresql://app:x@127.0.0.1:1/none"}, tmp_path)
    assert "the door could not be checked" in words
