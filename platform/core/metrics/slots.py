"""Where processes leave their figures: a file for each slot of a service, shared through the folder ``METRICS_DIR``.

Web processes are recycled every few thousand requests. Named by process id, their files would pile up, and two
containers that share the folder would write into one file. A slot is a place in a service (``host.web-0``): whoever
takes it goes on where its predecessor stopped. Without ``METRICS_DIR`` figures stay in the process, unseen.
"""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

from prometheus_client import values

FOLDER = os.environ.get("METRICS_DIR", "")
_slot = ""


def take_slot(service: str, number: int) -> None:
    """Write into the file of this place from now on; one living process at a time may hold it."""
    global _slot
    _slot = _safe(f"{socket.gethostname()}.{service}-{number}")


def slot() -> str:
    """Return the name of this process's files."""
    return _slot or _safe(f"{socket.gethostname()}.process-{os.getpid()}")


def _safe(name: str) -> str:
    # The library cuts the names of its files at underscores.
    return re.sub(r"[^A-Za-z0-9.-]", "-", name)


if FOLDER:
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = FOLDER
    values.ValueClass = values.MultiProcessValue(process_identifier=slot)  # type: ignore[no-untyped-call]
