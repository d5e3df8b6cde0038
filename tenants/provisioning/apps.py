"""App configuration."""

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """Provisioning of schools."""

    name = "tenants.provisioning"
    label = "provisioning"
    default_auto_field = "django.db.models.BigAutoField"
