"""What happens to journeys on a machine without a browser: skipped by name, and a failure in CI."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.launcher.conftest import CHECKOUT

JOURNEY = "import pytest\n@pytest.mark.browser\ndef test_journey(): pass\ndef test_other(): pass\n"


@pytest.mark.parametrize(
    ("chromium", "ci", "parallel", "code", "named"),
    [
        ("", "", [], 0, True),
        pytest.param("", "true", ["-n", "1"], 1, True, marks=pytest.mark.nightly),
        ("", "true", [], 1, True),
        pytest.param("/bin/true", "true", [], 0, False, marks=pytest.mark.nightly),
    ],
)
def test_journeys_without_a_browser(
    tmp_path: Path, chromium: str, ci: str, parallel: list[str], code: int, *, named: bool
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", encoding="utf-8")
    (tmp_path / "test_one.py").write_text(JOURNEY, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "deploy.launch.journeys", "-p", "no:django", *parallel]
    variables = {"PATH": "/nowhere", "PYTHONPATH": str(CHECKOUT), "CI": ci, "CHROMIUM": chromium}
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == code, done.stdout
    assert ("1 journeys skipped: no Chromium on this machine" in done.stdout) is named
    assert ("test_one.py::test_journey\n" in done.stdout) is named
    assert ("2 passed" in done.stdout) is not named
