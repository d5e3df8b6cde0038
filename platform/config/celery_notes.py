"""What is noted of every task, and how the workers' own words are written: JSON lines with ids only, and figures.

Celery's lines are dropped below warnings: they quote arguments and results. One line of ours tells that a task ended.
"""

from __future__ import annotations

import logging.config
import os
import signal
import threading
from time import monotonic
from typing import Any, Final

import structlog
from celery.signals import (
    heartbeat_sent,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)

from config.logging import configure
from core.events.broker import note_worker
from core.events.outbox import HEADER
from core.metrics import observe_task, take_slot

_log = structlog.get_logger("config.tasks")
_OUTCOMES: Final = {"SUCCESS": "done", "RETRY": "retried"}
_SEEN_SECONDS = 15.0
# Shorter than what the process is given before it is killed (stop_grace_period in compose, 120 seconds).
GRACE_SECONDS = float(os.environ.get("WORKER_GRACE_SECONDS", "100"))
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


@worker_ready.connect
def _say_ready(sender: Any, **kwargs: object) -> None:
    _log.info("worker_ready", worker=str(getattr(sender, "hostname", "")))


@worker_shutting_down.connect
def _end_in_time(how: str, **kwargs: object) -> None:
    """Let running tasks finish, but only so long: then they go back to the queue, before somebody kills the process.

    A killed worker's messages would be given out again after the visibility timeout or the outbox's patience only.
    """
    _log.info("worker_stopping", how=how.lower())
    if how == "Warm":
        timer = threading.Timer(GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGQUIT))
        timer.daemon = True
        timer.start()


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
