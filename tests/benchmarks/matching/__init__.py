"""Matching from scores to a proven result, against taking the best pair first and against SciPy's dense optimum.

`python -m tests.benchmarks matching [--sizes 300x100,2000x800,5000x3000] [--runs 5]`. All three solve the same question
in turn; cover and total of ours and of SciPy are compared in every run, and the separate checker verifies the
certificate. Prints a table and, last, ``ratio=``: SciPy's CPU time over ours at the largest size. Fails when a size
takes longer than its limit, when the two disagree, or when a certificate is refused.
"""

from __future__ import annotations

import argparse
import sys

SIZES = "300x100,2000x800,5000x3000"


def main(arguments: list[str]) -> int:
    """Measure each size; 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="bench matching")
    parser.add_argument("--sizes", default=SIZES, help="mentees x mentors, separated by commas")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)

    from tests.benchmarks.matching.measure import measure

    sizes = [tuple(int(part) for part in size.split("x")) for size in options.sizes.split(",")]
    sys.stdout.write(f"{options.runs} runs of each, in turn; medians\n")
    return measure([(rows, columns) for rows, columns in sizes], options.runs)
