"""Metrics: every one that a dashboard or an alert names exists, none tells of a school or a person, who may read."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from django.utils import timezone
from prometheus_client import generate_latest

from core.events.broker import Broker
from core.metrics import figures, observe_request, observe_rollup, observe_task
from core.metrics.figures import REGISTRY, count_letter, count_refused_connection, count_throttled
from core.tenancy import region
from reports.operations import exporter
from reports.operations.selectors import figures_now, machinery_now
from tests.support.world import SCHOOL_A

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "metrics"
NAME = re.compile(r"\bmentoring_\w+")
LABELS = {"verdict", "world", "route", "status", "task", "outcome", "kind", "state", "version", "queue", "worker", "le"}


@pytest.fixture
def told(db: None) -> list[object]:
    """Every family that the processes and the exporter tell."""
    observe_request(world="school", route="people:list", status=200, seconds=0.1)
    observe_task(task="schools.imports.apply_import", outcome="done", seconds=1.0)
    observe_rollup(schools=3, seconds=0.5)
    count_refused_connection()
    count_throttled("requests")
    count_letter("taken")
    with region():
        machinery = machinery_now()
        broker = Broker({"default": 1}, 1, {"worker@one": timezone.now()})
        machinery = replace(machinery, broker=broker)
        now = timezone.now()
        state = [*exporter.figures_families(figures_now(), now), *exporter.machinery_families(machinery, now)]
    always = [exporter._gauge("database_up", "", 1), exporter._gauge("collect_seconds", "", 0)]
    return [*REGISTRY.collect(), *state, *always]


def samples(families: list[object]) -> list[object]:
    return [sample for family in families for sample in family.samples]  # type: ignore[attr-defined]


def expressions() -> list[str]:
    dashboard = json.loads((DEPLOY / "dashboard.json").read_text())
    alerts = yaml.safe_load((DEPLOY / "alerts.yaml").read_text())
    return [
        *(target["expr"] for panel in dashboard["panels"] for target in panel["targets"]),
        *(rule["expr"] for group in alerts["groups"] for rule in group["rules"]),
    ]


def test_every_metric_that_is_named_exists_and_every_one_is_shown(told: list[object]):
    there = {sample.name for sample in samples(told)}  # type: ignore[attr-defined]
    named = {name for text in expressions() for name in NAME.findall(text)}
    assert named - there == set()
    families = {family.name for family in told}  # type: ignore[attr-defined]
    shown = {family for family in families if any(name.startswith(family) for name in named)}
    assert families - shown == {"mentoring_rollup_last_schools"}
    assert len(named) >= 20


def test_every_label_that_is_named_exists(told: list[object]):
    for text in expressions():
        grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", text) for label in group.split(",")}
        assert grouped <= LABELS, text


def test_labels_are_bounded_and_nobodys(told: list[object]):
    assert {label for sample in samples(told) for label in sample.labels} <= LABELS  # type: ignore[attr-defined]
    text = generate_latest(REGISTRY).decode() + str(samples(told))
    assert SCHOOL_A.code not in text
    assert SCHOOL_A.schema not in text
    assert not re.search(r"[А-Яа-я]", text)


@pytest.fixture
def address(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(exporter.RegionCollector, "collect", lambda self: iter([exporter._gauge("database_up", "", 1)]))
    server = exporter.server(("127.0.0.1", 0), "secret-token")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield ("127.0.0.1", server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


def test_only_the_bearer_of_the_token_reads(address: tuple[str, int]):
    def ask(path: str, token: str = "") -> tuple[int, bytes]:
        link = http.client.HTTPConnection(*address, timeout=5)
        link.request("GET", path, headers={"Authorization": f"Bearer {token}".encode()})
        answer = link.getresponse()
        return answer.status, answer.read()

    assert ask("/metrics")[0] == 401
    assert ask("/metrics", "another")[0] == 401
    assert ask("/else", "secret-token")[0] == 404
    status, body = ask("/metrics", "secret-token")
    assert status == 200
    assert b"mentoring_database_up 1.0" in body


_CHILD = """
import sys
from core.metrics import observe_request, take_slot
take_slot("web", 0)
for _ in range(int(sys.argv[1])):
    observe_request(world="region", route="home", status=200, seconds=0.02)
"""


def test_a_recycled_process_goes_on_where_its_place_stood(tmp_path: Path):
    """Also the guard of the library's ``process_identifier`` and of the names it gives to files."""
    env = {"METRICS_DIR": str(tmp_path), "PYTHONPATH": str(DEPLOY.parents[1] / "platform"), "PATH": "/usr/bin:/bin"}
    for times in ("3", "4"):
        subprocess.run([sys.executable, "-c", _CHILD, times], env=env, check=True)
    read = (
        "from prometheus_client import CollectorRegistry, generate_latest\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        f"told = CollectorRegistry(); MultiProcessCollector(told, path={str(tmp_path)!r})\n"
        "print(generate_latest(told).decode())"
    )
    text = subprocess.run([sys.executable, "-c", read], env=env, check=True, capture_output=True, text=True).stdout
    assert 'mentoring_request_seconds_count{route="home",world="region"} 7.0' in text
    places = {path.name for path in tmp_path.iterdir() if ".process-" not in path.name}
    assert len(places) == 2, "one file of counters, one of histograms"


def test_without_a_folder_nothing_is_written():
    assert figures.REGISTRY is not None
    assert exporter.FOLDER == ""
