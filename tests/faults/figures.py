"""What the boards show beside what the rows say: the comparison that every fault has to leave equal."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from deploy.launch import contract
from deploy.launch.places import CHECKOUT
from tests.faults.region import RealRegion, today
from tests.faults.rows import read_region
from tests.support import oracle


class Board:
    """The stored figures, asked of a process of the instance."""

    def __init__(self, region: RealRegion) -> None:
        self.process = region.python("tests.faults.board", DJANGO_SETTINGS_MODULE="config.settings.local")

    def read(self) -> dict[str, Any]:
        """Return what the boards are made of now."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        """Let the process go."""
        self.process.communicate()


def rows_of(region: RealRegion) -> oracle.Region:
    """Read the rows that stand in the database now."""
    with region.superuser() as connection:
        return read_region(connection)


def differences(board: dict[str, Any], rows: oracle.Region) -> list[str]:
    """Name every stored figure that is not the recount's as of today; an absent one is none of nobody."""
    recount: Any = oracle.recount(rows, today())
    wrong = [] if board["region"] == recount["region"] else [f"region {board['region']} != {recount['region']}"]
    for level in ("schools", "districts"):
        assert board[level].keys() <= recount[level].keys()
        for name, figures in recount[level].items():
            stored = board[level].get(name)
            if stored != figures and (stored or any(map(any, figures.values()))):
                wrong.append(f"{name}: {stored} != {figures}")
    return wrong


def is_quiet(region: RealRegion) -> bool:
    """Say whether nothing is on its way: no mark, no task to send, no school due or in anybody's hands."""
    ((marks, waiting),) = region.ask(
        "SELECT (SELECT count(*) FROM region.events_mark) + (SELECT count(*) FROM region.events_outbox), "
        "(SELECT count(*) FROM region.rollup_schoolstate WHERE version > computed_version OR lease IS NOT NULL)"
    )
    return (marks, waiting) == (0, 0)


def live(region: RealRegion) -> dict[str, Any]:
    """What `manage coverage` counts, needing no worker."""
    done = subprocess.run(
        contract.manage("coverage", "--as-of", today().isoformat(), "--json"),
        env=region.environment(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))
