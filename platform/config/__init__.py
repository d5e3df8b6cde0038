"""Composition root: settings, URLs, Celery, WSGI. Knows everyone, nobody imports it."""
