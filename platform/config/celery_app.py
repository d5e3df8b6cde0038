"""Celery: prefork workers on Redis. The broker is only a wake-up; truth is in PostgreSQL."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("mentoring", task_cls="core.tenancy.tasks:DoorTask")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()


@celeryd_init.connect
def _note_what_happens(**kwargs: object) -> None:
    """Connect what notes tasks, before Celery configures its log; in workers alone."""
    import django

    django.setup()
    from config import celery_notes  # noqa: F401  its receivers


@worker_init.connect
def _look_before_working(sender: Any = None, **kwargs: object) -> None:
    """Refuse to work on another region's database or with the door open."""
    from config.celery_notes import serve_as
    from config.startup import require_ready
    from core.tenancy.limits import become

    become("worker")
    require_ready()
    serve_as(str(getattr(sender, "hostname", "")))


@worker_process_init.connect
def _leave_every_context(**kwargs: object) -> None:
    """A forked worker starts nowhere; its parent's sockets are not its own."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        # The handle is dropped without closing: closing would end the parent's session.
        connection.connection = None
