"""Celery: prefork workers on Redis. The broker is only a wake-up; truth is in PostgreSQL."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("mentoring", task_cls="core.tenancy.tasks:DoorTask")
app.config_from_object("config.celery_settings")
app.autodiscover_tasks()


@worker_init.connect
def _look_before_working(**kwargs: object) -> None:
    """Refuse to work on another region's database or with the door open."""
    from config.startup import require_ready
    from core.tenancy.limits import become

    become("worker")
    require_ready()


@worker_process_init.connect
def _leave_every_context(**kwargs: object) -> None:
    """A forked worker starts nowhere; its parent's sockets are not its own."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        # The handle is dropped without closing: closing would end the parent's session.
        connection.connection = None
