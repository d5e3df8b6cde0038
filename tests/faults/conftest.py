"""One real region for all faults: loading it is the long part."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest

from tests.faults.region import RealRegion, region_in_ruins


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed of the region and of everything random; FAULTS_SEED repeats a run."""
    chosen = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={chosen}")
    return chosen


@pytest.fixture(scope="session")
def standing_region(seed: int) -> Iterator[RealRegion]:
    """A loaded region: its servers run, its processes do not."""
    with region_in_ruins(seed) as made:
        yield made


@pytest.fixture
def region(standing_region: RealRegion) -> Iterator[RealRegion]:
    """The region; what a test has started of it is ended after the test."""
    standing_region.settings = "tests.faults.noting"
    yield standing_region
    for name in list(standing_region.running):
        standing_region.kill(name)
    standing_region.broker().flushall()
    standing_region.ended.clear()
    (standing_region.home / "started").unlink(missing_ok=True)
