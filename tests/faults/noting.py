"""Settings of a local instance whose workers note each start of a task in the instance's file ``started``.

A line is the message's id and the task's name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery.signals import task_prerun

from config.settings.local import *  # noqa: F403

# Nights come when the test says so, not by the clock.
COVERAGE_AUDIT_HOUR = 0


@task_prerun.connect
def _note(task_id: str, task: Any, **kwargs: Any) -> None:
    """Note that a task starts, in one write that no other process can split."""
    file = os.open(Path(os.environ["MENTORING_HOME"]) / "started", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, f"{task_id} {task.name}\n".encode())
    os.close(file)
