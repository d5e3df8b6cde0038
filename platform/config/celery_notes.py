"""What is noted of every task, and how the workers' own words are written: JSON lines with ids only, and figures.

Celery's lines are dropped below warnings: they quote arguments and results. One line of ours tells that a task ended.
"""

from __future__ import annotations

import logging.config
from time import monotonic
from typing import Any, Final

import structlog
from celery.signals import heartbeat_sent, setup_logging, task_postrun, task_prerun, worker_process_init

from config.logging import configure
from core.events.broker import note_worker
from core.events.outbox import HEADER
from core.metrics import observe_task, take_slot

_log = structlog.get_logger("config.tasks")
_OUTCOMES: Final = {"SUCCESS": "done", "RETRY": "retried"}
_SEEN_SECONDS = 15.0
_began: dict[str, float] = {}
_seen = {"at": -_SEEN_SECONDS}


@setup_logging.connect
def _write_json(**kwargs: object) -> None:
    """Take Celery's loggers into our format; without this it configures them itself, as plain text."""
    settings = configure()
    own = {"handlers": ["stderr"], "level": "WARNING", "propagate": False}
    settings["loggers"] |= dict.fromkeys(("celery", "kombu", "amqp", "multiprocessing", "py.warnings"), own)
    # Whatever a library prints may quote data, and is no line of ours.
    settings["loggers"]["celery.redirected"] = {"handlers": [], "level": "CRITICAL", "propagate": False}
    logging.config.dictConfig(settings)
    logging.captureWarnings(capture=True)


@worker_process_init.connect
def _take_slot(sender: Any = None, **kwargs: object) -> None:
    """Give a forked worker the place of whoever had it before."""
    from billiard.process import current_process

    take_slot(_service, int(getattr(current_process(), "index", 0)))


_service = "worker"


def serve_as(nodename: str) -> None:
    """Say which service this worker is: the part of its name before the @."""
    global _service
    _service = nodename.partition("@")[0] or "worker"
    take_slot(_service, 99)


@task_prerun.connect
def _begin(task_id: str, **kwargs: object) -> None:
    _began[task_id] = monotonic()


@task_postrun.connect
def _end(task_id: str, task: Any, state: str | None = None, **kwargs: object) -> None:
    seconds = monotonic() - _began.pop(task_id, monotonic())
    outcome = _OUTCOMES.get(state or "", "failed")
    observe_task(task=task.name, outcome=outcome, seconds=seconds)
    headers = task.request.headers or {}
    _log.info(
        "task",
        task=task.name,
        task_id=task_id,
        outcome=outcome,
        school=headers.get("school", ""),
        outbox=headers.get(HEADER, ""),
        took_ms=round(seconds * 1000, 1),
    )


@heartbeat_sent.connect
def _live(sender: Any, **kwargs: object) -> None:
    """Tell the broker, now and then, that this worker is there."""
    now = monotonic()
    if now - _seen["at"] >= _SEEN_SECONDS:
        _seen["at"] = now
        note_worker(str(sender.eventer.hostname))
