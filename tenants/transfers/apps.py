"""App configuration."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """Transfers between schools."""

    name = "tenants.transfers"
    label = "transfers"
    default_auto_field = "django.db.models.BigAutoField"
