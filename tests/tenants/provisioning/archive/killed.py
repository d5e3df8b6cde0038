"""Restores an archive under the code ``killed`` and dies on the way: ``python -m … POINT FILE``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


def _die(*args: object, **kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(point: str, path: str) -> None:
    """Restore up to the point."""
    import django

    django.setup()
    from tenants.provisioning.archive import restoring

    if point == "before loading":
        restoring.load = _die
    elif point == "after loading":
        real = restoring.run_after_restore
        restoring.run_after_restore = lambda: (real(), _die())
    else:
        restoring.complete_restore = _die
    restoring.restore_school(Path(path), actor="test", code="killed")


if __name__ == "__main__":
    main(*sys.argv[1:])
