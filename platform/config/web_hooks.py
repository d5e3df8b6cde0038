"""What gunicorn does around its processes: places for metrics and shares. ``--config python:config.web_hooks``."""

from __future__ import annotations

from itertools import count
from typing import Any


def when_ready(server: Any) -> None:
    """Make the memory that the processes will share, before there are any."""
    from core.tenancy.share import shares

    shares()


def pre_fork(server: Any, worker: Any) -> None:
    """Give the process a place among its siblings: the lowest that is free."""
    taken = {getattr(other, "place", None) for other in server.WORKERS.values()}
    worker.place = next(number for number in count() if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """Let the process leave its figures in the file of its place, share out time with its siblings, and stay alive."""
    from core.metrics import take_slot
    from core.streaming import sign_of_life
    from core.tenancy.share import shares

    take_slot("web", worker.place)
    shares().configure(place=worker.place, workers=server.cfg.workers, is_new=True)
    sign_of_life(worker.notify)
