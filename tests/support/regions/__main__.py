"""Write one random region: `python -m tests.support.regions --seed 7 --schools 5 --out DIR`."""

import argparse
from datetime import date
from pathlib import Path

from tests.support.regions.build import build_region
from tests.support.regions.write import write_region


def main() -> None:
    """Read the arguments, write the folder, say what was planted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schools", type=int, default=5)
    parser.add_argument("--pupils", type=int, nargs=2, default=(20, 70), metavar=("LEAST", "MOST"))
    parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 10, 31))
    parser.add_argument("--untidiness", type=float, default=0.6)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    region = build_region(asked.seed, schools=asked.schools, pupils=tuple(asked.pupils), day=asked.day)
    write_region(region, asked.out, seed=asked.seed, untidiness=asked.untidiness)
    rows = sum(len(s.pupils) + len(s.teachers) + len(s.pairs) + len(s.consents) for s in region.schools)
    print(f"{asked.out}: {len(region.schools)} schools, {rows} rows, {len(region.planted)} kinds of edges")


if __name__ == "__main__":
    main()
