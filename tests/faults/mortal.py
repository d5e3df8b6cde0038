"""Settings of an instance whose relay dies when the broker has a message and the outbox still has its row.

Only while the instance's file ``deadly`` is there, and once: dying removes it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from celery.signals import after_task_publish

from tests.faults.noting import *  # noqa: F403

DEADLY = Path(os.environ["MENTORING_HOME"]) / "deadly"


@after_task_publish.connect
def _die(sender: str, **kwargs: Any) -> None:
    """Die of the first message of the outbox; the sweeper's own wake-ups are not of it."""
    if DEADLY.exists() and DEADLY.read_text() in ("", sender):
        DEADLY.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
