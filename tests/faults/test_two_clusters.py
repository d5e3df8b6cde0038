"""Districts on two PostgreSQL clusters: the rehearsal of ``platform/docs/scale.md``, for its figures' correctness."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.database import ROOT

pytestmark = pytest.mark.nightly


def test_the_region_works_over_two_clusters() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "scale", "--regions", "15", "--rounds", "10"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(done.stdout)
    assert "15 random regions on 30 days: 0 differ from the recount" in done.stdout, done.stderr[-3000:]
    assert "a transaction over both clusters is refused" in done.stdout
    assert "of the region: 0 answered otherwise" in done.stdout
    assert "a copy beside the school" in done.stdout
