"""Runs programs with the migrator's login on this worker's database."""

from __future__ import annotations

import os
import subprocess
import sys

from django.db import connection

from tests.support.database import ROOT


def as_migrator(*arguments: str, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    """Run ``python ARGUMENTS`` as the migrator."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DOOR_LOGIN": "migrator",
        "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
