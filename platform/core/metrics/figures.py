"""The figures themselves. Gauges of the whole region are the exporter's: they are read when they are asked for."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from core.metrics import slots  # noqa: F401  decides where values live, before there are any

# Not the library's default registry: the exporter merges the files of all processes and this one's own would be there
# twice.
REGISTRY: Final = CollectorRegistry()

_PAGE_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 20)
_WORK_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)

REQUESTS = Histogram(
    "mentoring_request_seconds",
    "Requests by the name of their route and by the kind of host.",
    ["world", "route"],
    buckets=_PAGE_SECONDS,
    registry=REGISTRY,
)
ANSWERS = Counter(
    "mentoring_answers", "Answers by the kind of host and by their status.", ["world", "status"], registry=REGISTRY
)
TASKS = Histogram(
    "mentoring_task_seconds",
    "Background tasks by name and outcome (done, retried, failed).",
    ["task", "outcome"],
    buckets=_WORK_SECONDS,
    registry=REGISTRY,
)
ROLLUPS = Histogram(
    "mentoring_rollup_seconds", "Roll-up runs that had something to do.", buckets=_WORK_SECONDS, registry=REGISTRY
)
ROLLED_UP = Counter("mentoring_rollup_schools", "Schools rolled up.", registry=REGISTRY)
REFUSED_CONNECTIONS = Counter(
    "mentoring_database_connection_errors", "Sessions that the database refused or did not answer.", registry=REGISTRY
)
THROTTLED = Counter(
    "mentoring_throttled",
    "Requests refused for their school's share.",
    ["kind"],
    registry=REGISTRY,
)

LETTERS = Counter("mentoring_letters", "Letters by what the server said.", ["verdict"], registry=REGISTRY)


# Looking a child up takes the library longer than counting.


@cache
def _request(world: str, route: str) -> Any:
    return REQUESTS.labels(world, route)


@cache
def _answer(world: str, status: int) -> Any:
    return ANSWERS.labels(world, str(status))


def observe_request(*, world: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request. ``world``: school, region or none; ``route``: the route's name, never a path."""
    _request(world, route).observe(seconds)
    _answer(world, status).inc()


def observe_task(*, task: str, outcome: str, seconds: float) -> None:
    """Count a task that has ended."""
    TASKS.labels(task, outcome).observe(seconds)


def observe_rollup(*, schools: int, seconds: float) -> None:
    """Count a run of the roll-up."""
    ROLLUPS.observe(seconds)
    ROLLED_UP.inc(schools)


def count_refused_connection() -> None:
    """Count a session that the database did not give."""
    REFUSED_CONNECTIONS.inc()


def count_throttled(kind: str) -> None:
    """Count a request that was refused for its school's share. ``kind``: what there was too much of."""
    THROTTLED.labels(kind).inc()


def count_letter(verdict: str) -> None:
    """Count a letter that was handed to the server. ``verdict``: what became of it."""
    LETTERS.labels(verdict).inc()
