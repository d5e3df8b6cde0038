"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only audit."""

    name = "core.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
