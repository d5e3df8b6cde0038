"""App configuration."""

from typing import Any

from celery.signals import task_success
from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Outbox and marks."""

    name = "core.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let tasks that have been done leave the outbox."""
        task_success.connect(_task_was_done, dispatch_uid="core.events.outbox")


def _task_was_done(sender: Any, **_more: Any) -> None:
    from core.events.outbox import acknowledge

    acknowledge(sender.request.headers)
