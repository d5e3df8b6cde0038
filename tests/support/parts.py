"""What is too long for every check is asked in parts: a commit asks one of them, the night asks all.

Which one follows from the commit, so that a red check stays red until it is mended. ``CHECK_PART`` names another, or
``all``, and a tree without git asks the first.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from functools import cache

from tests.support.database import ROOT


@cache
def part_of_today() -> int | None:
    """Return the number that says which part is asked; None: all of them."""
    chosen = os.environ.get("CHECK_PART")
    if chosen:
        return None if chosen == "all" else int(chosen)
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout[:8], 16) if told.returncode == 0 else 0


def has_its_turn(name: str, parts: int) -> bool:
    """Tell whether ``name`` is in the part that is asked; it is in exactly one of ``parts``, always the same."""
    today = part_of_today()
    return today is None or zlib.crc32(name.encode()) % parts == today % parts
