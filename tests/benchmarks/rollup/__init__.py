"""The roll-up of a large region, against one flat table and against the ORM school by school.

`python -m tests.benchmarks rollup [--schools 500] [--people 480] [--runs 5] [--keep]`. Prints a table and, last,
``ratio=``: our statements over all schools against the same aggregate over flat tables, warm. Fails when a promise
is not kept or two ways give different figures.
"""

from __future__ import annotations

import argparse
import os
import sys


def main(arguments: list[str]) -> int:
    """Build the region, measure, tidy up; 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="bench rollup")
    parser.add_argument("--schools", type=int, default=500)
    parser.add_argument("--people", type=int, default=480, help="in each school")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="leave the region standing, or use the one left")
    options = parser.parse_args(arguments)

    from tests.benchmarks.rollup import fleet

    os.environ["TEST_DATABASE_NAME"] = fleet.DATABASE
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    try:
        if not (options.keep and fleet.stands()):
            sys.stdout.write(f"building {options.schools} schools of {options.people} people (not measured)\n")
            sys.stdout.flush()
            fleet.fill(options.schools, options.people)

        import django

        django.setup()
        from tests.benchmarks.rollup.measure import measure

        return measure(options.runs)
    finally:
        if not options.keep:
            fleet.remove(options.schools)
