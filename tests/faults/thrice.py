"""Settings of an instance whose broker delivers every message three times; each start of a task is noted."""

from __future__ import annotations

import copy
from typing import Any
from uuid import uuid4

from kombu.transport.redis import Channel

from tests.faults.noting import *  # noqa: F403

TIMES = 3
_put_once = Channel._put


def _put(self: Channel, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
    for _ in range(TIMES):
        again = copy.deepcopy(message)
        # The broker's own mark of a delivery: each copy is held and acknowledged by itself.
        again["properties"]["delivery_tag"] = str(uuid4())
        _put_once(self, queue, again, **kwargs)


Channel._put = _put
