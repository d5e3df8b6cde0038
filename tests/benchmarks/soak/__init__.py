"""A long day in half an hour: mixed traffic over two hundred schools on production's own processes.

``run.py bench soak [--minutes 30] [--schools 200] [--rate 8]``: gunicorn, a Celery worker and the sweeper as compose
starts them; pages, forms, papers, workbooks, API reads, changes and imports of every school in turn, from a fixed
rate. Looks for what grows (memory of the processes and of the database's sessions, connections, rows that wait), for
another school's canary in any answer, anybody's in the processes' logs (P19), for answers that are no answers; prints
percentiles.
"""

from tests.benchmarks.soak.run import main

__all__ = ["main"]
