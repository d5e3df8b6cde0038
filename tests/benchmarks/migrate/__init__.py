"""The fleet's migration against django-tenants' own ``migrate_schemas``: additive, a data step, nothing to do.

`python -m tests.benchmarks migrate [--schools 100] [--runs 5] [--rows 20] [--large 1000] [--quick]`. Both sides start
from clones of one database and end with equal catalogues and rows. Prints a table and, last, ``ratio=``: the least of
the three against what is promised for it: migration against migration. «compared» is the ratio with our comparison of
all catalogues afterwards, which the library has none of. Then our side alone is shown with 1,000 schools (some
minutes of making them); not with ``--quick`` nor where ``CI`` is set, unless ``--large N`` names a number.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import uuid
from pathlib import Path

from tests.benchmarks.provision import drop_roles
from tests.support.database import clone, drop, ensure_template

# A whole region's schools; the library would need most of an hour for as many.
LARGE = 1000


def main(arguments: list[str]) -> int:
    """Build, measure, tidy up; 0 when every promise is kept."""
    parser = argparse.ArgumentParser(prog="bench migrate")
    parser.add_argument("--schools", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=20, help="consents in each school, for the data step")
    parser.add_argument("--large", type=int, help="schools of a region that our side migrates alone")
    parser.add_argument("--quick", action="store_true", help="without the large region")
    options = parser.parse_args(arguments)
    large = options.large
    if large is None:
        large = 0 if options.quick or os.environ.get("CI") else LARGE
    from tests.benchmarks.migrate.compare import Bench

    base = f"bench_migrate_{uuid.uuid4().hex[:8]}"
    clone(ensure_template(), base)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(base, Path(folder))
        try:
            bench.fill(options.schools, options.rows)
            worst = bench.compare(options.runs, options.schools)
            if large:
                bench.fill(large, options.rows)
                bench.alone(large)
        finally:
            drop(base)
            drop_roles()
    sys.stdout.flush()
    return worst
