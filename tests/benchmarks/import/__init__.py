"""An import of 1,000 rows, from the bytes of a workbook to the commit, against openpyxl, full_clean and save.

`python -m tests.benchmarks import [--rows 1000] [--runs 7]`. Both sides read the same bytes into the same tables under
the same constraints, in one transaction each; what they leave is compared in every run. Prints a table and, last,
``ratio=``. Fails when ours is not 25 times faster, or when the two leave different rows.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import uuid

from tests.support.database import ROOT, clone, drop, ensure_template


def main(arguments: list[str]) -> int:
    """Clone, measure in a process of the login ``app``, tidy up; 0 when the promise is kept."""
    parser = argparse.ArgumentParser(prog="bench import")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args(arguments)
    database = f"bench_import_{uuid.uuid4().hex[:8]}"
    clone(ensure_template(), database)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "TEST_DATABASE_NAME": database,
        "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
    }
    command = [sys.executable, "-m", "tests.benchmarks.import.measure", str(options.rows), str(options.runs)]
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    finally:
        drop(database)
