"""Finds the Chromium that journeys run in: the system's, never a downloaded one."""

import os
import shutil
from pathlib import Path

# The headless shell first: the same Chromium without windows, a third cheaper for every page it opens.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> Path | None:
    """Return the program named by CHROMIUM, else the first known one on PATH, else None."""
    asked = os.environ.get("CHROMIUM")
    for name in (asked,) if asked else NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return None
