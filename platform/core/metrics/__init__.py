"""Figures for those who watch the installation: counters and durations of requests and tasks, without personal data.

Labels are bounded: routes and tasks by name, worlds by kind. A school is never a label: a thousand schools times two
hundred routes times a dozen buckets would be millions of series; what one school does is in the logs and on the
region's page «Состояние системы». No path, no address, no id.
"""

from core.metrics.figures import (
    count_letter,
    count_refused_connection,
    count_throttled,
    observe_request,
    observe_rollup,
    observe_task,
)
from core.metrics.slots import FOLDER, take_slot

__all__ = [
    "FOLDER",
    "count_letter",
    "count_refused_connection",
    "count_throttled",
    "observe_request",
    "observe_rollup",
    "observe_task",
    "take_slot",
]
