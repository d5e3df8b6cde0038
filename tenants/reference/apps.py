"""App configuration."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Versioned reference data."""

    name = "tenants.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"
