"""Print what the product must answer: `python -m tests.support.oracle DIR --as-of 2026-10-31`."""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from tests.support.oracle.recount import recount
from tests.support.oracle.workbooks import read_region, report_of


def main() -> None:
    """Write coverage and every school's report as one JSON document to stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, required=True)
    asked = parser.parse_args()
    region, readings = read_region(asked.folder)
    answer = {
        "coverage": recount(region, asked.as_of),
        "reports": {code: report_of(reading) for code, reading in readings.items()},
    }
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
