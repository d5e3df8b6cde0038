"""Runs programs with the migrator's login on this worker's database."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import connection

from tests.support.database import ROOT


def variables(spares: int = 0, more: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the migrator on this worker's database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DOOR_LOGIN": "migrator",
        "TEST_SPARE_SCHOOLS": str(spares),
        "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
        **(more or {}),
    }


def as_migrator(
    *arguments: str, timeout: int = 120, spares: int = 0, more: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python ARGUMENTS`` as the migrator, with a pool of so many spares and ``more`` variables."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables(spares, more),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
