"""Districts on two PostgreSQL clusters behind the same code: a rehearsal, and what it costs.

``run.py bench scale [--regions 12] [--rounds 40]``: a second cluster is started on loopback, school А stays in the
first, school Б lives in the second alone. The product's pages, services and roll-up run unchanged; what they lack for
it is the hundred lines of this folder (``places`` chooses the database by the context, ``gather`` collects marks and
reads facts where the school is). Random regions are rolled up and compared with the independent recount, distinct
people over both clusters included. See ``platform/docs/scale.md``.
"""

from tests.benchmarks.scale.measure import main

__all__ = ["main"]
