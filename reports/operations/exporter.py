"""Metrics for Prometheus: what the processes left in ``METRICS_DIR``, and the region's state at this moment.

A process of its own, on an address of its own (``METRICS_BIND``), which no proxy leads to; with ``METRICS_TOKEN`` it
asks for that token too. Counts and codes of processes only: no school, no person, no path of a request.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import monotonic, time
from typing import Any, Final

import structlog
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from core.metrics import FOLDER
from core.tenancy import region
from reports.operations.selectors import Figures, Machinery, figures_now, machinery_now

_log = structlog.get_logger(__name__)
_REQUEST_SECONDS: Final = 5.0
_SHORT_SECONDS: Final = 600

Family = GaugeMetricFamily


def _gauge(name: str, words: str, value: float) -> Family:
    return GaugeMetricFamily(f"mentoring_{name}", words, value=value)


def _by(name: str, words: str, label: str, values: Iterable[tuple[str, float]]) -> Family:
    family = GaugeMetricFamily(f"mentoring_{name}", words, labels=[label])
    for text, value in values:
        family.add_metric([text], value)
    return family


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


def figures_families(figures: Figures, now: datetime) -> list[Family]:
    """Return how fresh the figures are, as gauges; ages in seconds, 0: nothing waits."""
    never = float("inf")
    return [
        _gauge("marks_age_seconds", "Age of the oldest change not yet noticed.", _age(figures.marks_since, now)),
        _gauge("schools_due", "Schools whose figures are behind.", figures.due_number),
        _gauge("schools_due_age_seconds", "How long the first of them waits.", _age(figures.due_since, now)),
        _gauge("rollup_last_seconds", "How long the last roll-up took.", figures.run_seconds),
        _gauge("rollup_last_schools", "Schools in the last roll-up.", figures.run_schools),
        _gauge(
            "sweeper_seen_seconds",
            "Seconds since the sweeper was seen.",
            never if figures.swept_at is None else _age(figures.swept_at, now),
        ),
    ]


def machinery_families(machinery: Machinery, now: datetime) -> list[Family]:
    """Return queues and versions as gauges; without a broker its queues and workers are left out."""
    sendings, broker, fleet = machinery.sendings, machinery.broker, machinery.fleet
    rows = [("waiting", sendings.waiting), ("sent", sendings.sent), ("failed", sendings.failed)]
    found = [
        _by("outbox_rows", "Tasks in the outbox by state.", "state", rows),
        _gauge("outbox_age_seconds", "Age of the oldest task not yet done.", _age(sendings.oldest_at, now)),
        _by(
            "schools",
            "Schools by version of their schema.",
            "version",
            [
                ("current", sum(one.schools for one in fleet.versions if one.is_current)),
                ("former", sum(one.schools for one in fleet.versions if not one.is_current)),
            ],
        ),
        _gauge("schools_broken", "Schools whose schema does not migrate.", fleet.broken_in_all),
        _gauge("spare_schools", "Schemas ready for new schools.", fleet.spares),
        _gauge("broker_up", "1: the broker answers.", broker is not None),
    ]
    letters = machinery.letters
    numbers = [("waiting", letters.waiting), ("sent", letters.sent), ("failed", letters.failed), ("lost", letters.lost)]
    found.append(_by("letters_lately", "Letters of the last week by what became of them.", "state", numbers))
    if broker is not None:
        workers = [(name, _age(seen, now)) for name, seen in broker.workers.items()]
        found += [
            _by("queue_length", "Tasks that wait at the broker.", "queue", broker.queues.items()),
            _gauge("tasks_in_hands", "Tasks that workers hold.", broker.in_hands),
            _by("worker_seen_seconds", "Seconds since a worker was seen.", "worker", workers),
        ]
    return found


class RegionCollector:
    """The region's state, read when it is asked for; a database that is away is a figure too."""

    def collect(self) -> Iterable[Family]:
        """Yield the gauges."""
        began = monotonic()
        found: list[Family] = []
        try:
            with region():
                now = timezone.now()
                found = [*figures_families(figures_now(), now), *machinery_families(machinery_now(), now)]
        except DatabaseError as error:
            _log.warning("metrics_without_database", error=type(error).__name__)
        finally:
            connection.close()
        yield _gauge("database_up", "1: the database answers.", bool(found))
        yield from found
        yield _gauge("collect_seconds", "How long reading the state took.", monotonic() - began)


def forget_short_processes() -> None:
    """Drop the files of processes without a slot: a command leaves one, with nothing in it."""
    for path in Path(FOLDER).glob("*.process-*.db"):
        with suppress(OSError):
            if time() - path.stat().st_mtime > _SHORT_SECONDS:
                path.unlink()


def registry() -> CollectorRegistry:
    """Return everything there is to tell."""
    told = CollectorRegistry()
    told.register(RegionCollector())
    if FOLDER:
        MultiProcessCollector(told, path=FOLDER)  # type: ignore[no-untyped-call]
    return told


def server(address: tuple[str, int], token: str) -> HTTPServer:
    """Return a server that answers GET /metrics, one request after another."""
    told = registry()

    class Handler(BaseHTTPRequestHandler):
        """Answers the one address there is."""

        timeout = _REQUEST_SECONDS

        def do_GET(self) -> None:
            """Answer with the figures."""
            if self.path != "/metrics":
                self.send_error(404)
            elif not _may_read(self.headers.get("Authorization", ""), token):
                self.send_error(401)
            else:
                if FOLDER:
                    forget_short_processes()
                body = generate_latest(told)
                self.send_response(200)
                self.send_header("Content-Type", CONTENT_TYPE_LATEST)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
            """Write nothing: a request's line is no figure."""

    return HTTPServer(address, Handler)


def _may_read(given: str, token: str) -> bool:
    return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
