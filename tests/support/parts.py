"""What is too long for every check is asked in parts: a commit asks one of them, the night asks all.

Which one follows from the commit, so that a red check stays red until it is mended. ``CHECK_PART`` names another, or
``all``, and a tree without git asks the first.

Two kinds of things take turns: the cases of one test that goes through everything there is (:func:`has_its_turn`), and
whole files (:data:`LONG_FILES`), whose tests belong to the night while they have no turn.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from functools import cache
from typing import Final

from tests.support.database import ROOT

# Each group has its turn with another commit; their lengths are about the same. Whatever takes more than two seconds
# and guards no promise of isolation may come here.
LONG_FILES: Final = (
    ("tests/journeys/test_scenario_main.py",),
    (
        "tests/schools/imports/test_pages.py",
        "tests/tenants/registry/test_pages.py",
        "tests/tenants/provisioning/test_script.py",
        "tests/reports/rollup/test_work.py",
        "tests/core/tenancy/test_limits.py",
        "tests/schools/mergers/test_taking.py",
        "tests/oracle/test_workbooks.py",
        "tests/schools/rights/test_replay.py",
    ),
    (
        "tests/reports/dashboards/test_pages.py",
        "tests/tenants/provisioning/test_pool.py",
        "tests/tenants/reference/test_pages.py",
        "tests/core/ui/test_design_in_browser.py",
        "tests/oracle/test_regions.py",
        "tests/schools/rights/test_pages.py",
        "tests/launcher/test_supervisor.py",
        "tests/launcher/test_servers.py",
        "tests/schools/people/test_two_at_once.py",
    ),
    (
        "tests/schools/programme/test_pages.py",
        "tests/launcher/test_journeys.py",
        "tests/schools/imports/test_undoing.py",
        "tests/tenants/provisioning/test_interrupted.py",
        "tests/faults/test_redis_away.py",
        "tests/faults/test_rollup_kills.py",
        "tests/schools/rights/test_destruction.py",
        "tests/tenants/provisioning/archive/test_round_trip.py",
        "tests/schools/pairs/test_two_at_once.py",
    ),
)


def waits_for_the_night(file: str) -> bool:
    """Tell whether a file of tests, named from the checkout's root, is one of the long ones and has no turn."""
    today = part_of_today()
    here = next((number for number, files in enumerate(LONG_FILES) if file in files), None)
    return here is not None and today is not None and here != today % len(LONG_FILES)


@cache
def part_of_today() -> int | None:
    """Return the number that says which part is asked; None: all of them."""
    chosen = os.environ.get("CHECK_PART")
    if chosen:
        return None if chosen == "all" else int(chosen)
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout[:8], 16) if told.returncode == 0 else 0


def has_its_turn(name: str, parts: int) -> bool:
    """Tell whether ``name`` is in the part that is asked; it is in exactly one of ``parts``, always the same."""
    today = part_of_today()
    return today is None or zlib.crc32(name.encode()) % parts == today % parts
