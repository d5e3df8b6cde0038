"""App configuration."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Outbox and marks."""

    name = "core.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
