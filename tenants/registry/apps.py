"""App configuration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Region, districts, schools, hosts."""

    name = "tenants.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
