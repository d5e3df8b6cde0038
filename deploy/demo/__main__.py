"""Write the demonstration files: `python -m deploy.demo --out DIR [--today 2026-11-21] [--seed 1]`."""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

from deploy.demo.build import write_demo_region


def main() -> None:
    """Read the arguments, write the folder, say what each school shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    region = write_demo_region(asked.out, today=asked.today, seed=asked.seed)
    for school in region.schools:
        print(f"{school.code:22} {school.pupils:5} {school.situation}")  # noqa: T201


if __name__ == "__main__":
    main()
