"""A whole instance of its own, started as its owner would: ``run.py up --detach`` in a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.launch import contract
from tests.support.database import ROOT


def run(home: Path, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    """Run a verb of ``run.py`` on the instance of a folder.

    :raises AssertionError: with what it said, when it fails.
    """
    # Servers that the check itself uses are not the instance's.
    environment = {**contract.inherited(), "MENTORING_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, f"run.py {' '.join(arguments)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done


def described(home: Path) -> dict[str, Any]:
    """Return what instance.json says."""
    return dict(json.loads((home / "instance.json").read_text(encoding="utf-8")))


@contextmanager
def instance(home: Path, verb: str = "up") -> Iterator[dict[str, Any]]:
    """Start an instance, hand out its description, stop it."""
    os.makedirs(home, exist_ok=True)
    try:
        run(home, verb, "--detach")
        yield described(home)
    finally:
        run(home, "stop")
