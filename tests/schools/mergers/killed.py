"""Takes a school in and dies on the way: ``python -m … POINT MERGER``."""

from __future__ import annotations

import os
import signal
import sys
from uuid import UUID


def _die(*args: object, **kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(point: str, schema: str, merger_id: str) -> None:
    """Do the school's step up to the point."""
    import django

    django.setup()
    from core.tenancy import school
    from schools.mergers import taking

    setattr(taking, point, _die)
    with school(schema):
        step = taking.hand_over if point == "store_parts" else taking.take_in
        step(UUID(merger_id))


if __name__ == "__main__":
    main(*sys.argv[1:])
