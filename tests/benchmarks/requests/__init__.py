"""What the door costs a request: our pages behind it, and the same pages on plain Django in one schema.

Both sides are the same code, templates, audit row and rows of data, in processes of their own, called through WSGI
without a network. "Plain" is Django's own PostgreSQL backend on one fixed search path, without host lookup, roles,
stamps and switches. Medians of alternating short runs; the pages are compared byte for byte but for their tokens.
"""

from tests.benchmarks.requests.compare import main

__all__ = ["main"]
