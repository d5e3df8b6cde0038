"""What is too long for every check is asked in parts: a commit asks one of them, the night asks all.

Which one follows from the commit, so that a red check stays red until it is mended. ``CHECK_PART`` names another, or
``all``, and a tree without git asks the first.

Three kinds of things take turns: the cases of one test that goes through everything there is (:func:`has_its_turn`),
long files (:data:`LONG_FILES`), and whatever guards no promise of isolation, in quarters. Tests that have no turn
belong to the night.
"""

from __future__ import annotations

import os
import subprocess
import zlib
from functools import cache
from typing import Final

from tests.support.database import ROOT

# Asked with every commit: the walls between schools, who may do what, how the house is built.
GUARDS: Final = (
    "tests/architecture/",
    "tests/config/",
    "tests/core/api/",
    "tests/core/authz/",
    "tests/core/tenancy/",
    "tests/isolation/",
    "tests/permissions/",
)
# Each group has its turn with another commit; their lengths are about the same. Whatever takes more than two seconds
# and is no guard may come here; the pages are seen with two commits of five.
_PAGES: Final = "tests/journeys/test_pages.py"
LONG_FILES: Final = (
    ("tests/journeys/test_scenario_main.py",),
    (
        "tests/reports/test_exactness.py",
        "tests/oracle/test_regions.py",
        "tests/oracle/test_workbooks.py",
        "tests/schools/test_lists_cost.py",
        "tests/schools/rights/test_replay.py",
        "tests/faults/test_redis_away.py",
        "tests/faults/test_rollup_kills.py",
    ),
    (
        _PAGES,
        "tests/schools/imports/test_pages.py",
        "tests/tenants/registry/test_pages.py",
        "tests/tenants/provisioning/test_script.py",
        "tests/reports/rollup/test_work.py",
        "tests/schools/mergers/test_taking.py",
        "tests/schools/programme/test_years.py",
    ),
    (
        "tests/reports/dashboards/test_pages.py",
        "tests/tenants/provisioning/test_pool.py",
        "tests/tenants/reference/test_pages.py",
        "tests/core/ui/test_design_in_browser.py",
        "tests/schools/rights/test_pages.py",
        "tests/launcher/test_supervisor.py",
        "tests/launcher/test_servers.py",
        "tests/schools/people/test_two_at_once.py",
        "tests/config/test_request_notes.py",
    ),
    (
        _PAGES,
        "tests/schools/programme/test_pages.py",
        "tests/launcher/test_journeys.py",
        "tests/schools/imports/test_undoing.py",
        "tests/tenants/provisioning/test_interrupted.py",
        "tests/schools/rights/test_destruction.py",
        "tests/tenants/provisioning/archive/test_round_trip.py",
        "tests/schools/pairs/test_two_at_once.py",
    ),
)
# How many commits go through all other files.
FILES: Final = 4
# What is long among the guards.
CASES_IN_TURN: Final = (
    "tests/architecture/test_house.py::test_a_breach",
    "tests/core/api/test_any_input.py",
    "tests/core/api/test_reads_leave_a_record.py",
    "tests/core/api/test_school_round.py",
)


def waits_for_the_night(nodeid: str) -> bool:
    """Tell whether a test, named from the checkout's root, has no turn today."""
    today, file = part_of_today(), nodeid.partition("::")[0]
    if today is None:
        return False
    groups = [number for number, files in enumerate(LONG_FILES) if file in files]
    if groups:
        return today % len(LONG_FILES) not in groups
    if nodeid.startswith(CASES_IN_TURN):
        return not has_its_turn(nodeid, 3)
    return not file.startswith(GUARDS) and not has_its_turn(file, FILES)


@cache
def part_of_today() -> int | None:
    """Return the number that says which part is asked; None: all of them."""
    chosen = os.environ.get("CHECK_PART")
    if chosen:
        return None if chosen == "all" else int(chosen)
    told = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout[:8], 16) if told.returncode == 0 else 0


def has_its_turn(name: str, parts: int) -> bool:
    """Tell whether ``name`` is in the part that is asked; it is in exactly one of ``parts``, always the same.

    Whose turn it is must not follow from which long files have theirs: of pages that are asked in tenths, with two
    groups of five, most would never be seen by day.
    """
    today = part_of_today()
    return today is None or zlib.crc32(name.encode()) % parts == today // len(LONG_FILES) % parts


def turn_within(parts: int) -> int:
    """Return a number that goes on when each of ``parts`` has had its turn: for what takes turns within its own.

    Whatever goes by it meets every part, in whatever numbers of parts that divide ``parts`` it is asked.
    """
    today = part_of_today()
    return 0 if today is None else today // len(LONG_FILES) // parts
