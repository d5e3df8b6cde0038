"""App configuration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Region, districts, schools, hosts."""

    name = "tenants.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the roles of the region's host."""
        from core.authz.registry import register_permissions, register_roles
        from tenants.registry.roles import PERMISSIONS, ROLES

        register_permissions(PERMISSIONS)
        register_roles(ROLES)
