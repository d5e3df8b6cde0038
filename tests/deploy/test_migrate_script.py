"""`deploy/migrate.sh`: the services of the compose file wait for its end, so single schools must not make it fail."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# (what the bootstrap answers, what the migration answers) → the script's answer, whether it speaks of schools.
ANSWERS = {
    (0, 0): (0, False),
    (3, 0): (0, False),
    (0, 3): (0, True),
    (3, 3): (0, True),
    (0, 1): (1, False),
    (1, 0): (1, False),
}


@pytest.mark.parametrize("answers", ANSWERS)
def test_the_script_ends_with_what_its_steps_mean(tmp_path: Path, answers: tuple[int, int]):
    for name, code in zip(("python", "mentoring"), answers, strict=True):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $DOOR_LOGIN $*"\nexit {code}\n')
        program.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ROOT / "deploy" / "migrate.sh"],
        env={"PATH": f"{tmp_path}{os.pathsep}/usr/bin:/bin", "DATABASE_SUPERUSER_URL": "postgresql://one"},
        capture_output=True,
        text=True,
        check=False,
    )
    code, speaks = ANSWERS[answers]
    assert (done.returncode, "were not migrated" in done.stderr) == (code, speaks), done.stderr
    assert ("mentoring migrator migrate_region" in done.stdout) == (answers[0] in (0, 3))
