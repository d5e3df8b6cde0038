"""What stands at the broker: lengths of queues, tasks in hands, workers seen. Never waited for longer than a moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import redis
import structlog
from django.conf import settings
from redis.exceptions import RedisError

_log = structlog.get_logger(__name__)

_WORKERS = "mentoring:workers"
_IN_HANDS = "unacked"
_TIMEOUT_SECONDS = 0.5
# A worker that has not been seen for a day has been renamed or taken away.
_FORGET_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Broker:
    """``queues``: tasks that wait, by queue; ``in_hands``: taken and not yet done; ``workers``: name → last seen."""

    queues: dict[str, int] = field(default_factory=dict)
    in_hands: int = 0
    workers: dict[str, datetime] = field(default_factory=dict)


def _client() -> Any:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        socket_timeout=_TIMEOUT_SECONDS,
        decode_responses=True,
    )


def note_worker(name: str) -> None:
    """Note that a worker is there; quietly not when the broker is away."""
    try:
        with _client() as client:
            client.hset(_WORKERS, name, str(int(time.time())))
    except RedisError as error:
        _log.warning("worker_not_noted", error=type(error).__name__)


def broker_state() -> Broker | None:
    """Return what stands at the broker, in one round trip; None when it is away."""
    names = settings.TASK_QUEUES
    try:
        with _client() as client:
            pipe = client.pipeline(transaction=False)
            for name in names:
                pipe.llen(name)
            pipe.hlen(_IN_HANDS)
            pipe.hgetall(_WORKERS)
            *lengths, in_hands, workers = cast("list[Any]", pipe.execute())
    except RedisError as error:
        _log.warning("broker_unavailable", error=type(error).__name__)
        return None
    oldest = time.time() - _FORGET_SECONDS
    return Broker(
        dict(zip(names, map(int, lengths), strict=True)),
        int(in_hands),
        {name: datetime.fromtimestamp(int(seen), UTC) for name, seen in sorted(workers.items()) if int(seen) >= oldest},
    )
