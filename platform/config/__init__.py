"""Composition root: settings, URLs, Celery, WSGI. Knows everyone, nobody imports it."""

# Django's processes publish tasks too: without this they would use Celery's default app and no broker of ours.
from config.celery_app import app as celery_app

__all__ = ["celery_app"]
