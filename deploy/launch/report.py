"""What the launcher says to people: progress on stderr, so that stdout stays the command's own."""

import sys
import time
from pathlib import Path

_started = time.monotonic()


class LaunchError(Exception):
    """Something is missing or in the way; the text says what happened and what to do now."""


def say(text: str) -> None:
    """Write one line of progress to stderr, with the seconds since the start."""
    sys.stderr.write(f"[{time.monotonic() - _started:6.1f}s] {text}\n")
    sys.stderr.flush()


def tell(text: str = "") -> None:
    """Write one line of result to stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tail(path: Path, lines: int = 15) -> str:
    """Return the last lines of a log, indented for quoting; a placeholder when there is none."""
    try:
        found = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        found = []
    return "\n".join(f"    {line}" for line in found) or "    (nothing was written)"
