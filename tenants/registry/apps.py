"""App configuration."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Region, districts, schools, hosts."""

    name = "tenants.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the roles of the region's host."""
        from core.authz.registry import World, register_permissions, register_roles, register_scope_source
        from tenants.registry.roles import DISTRICT, PERMISSIONS, ROLES, district_choices

        register_permissions(PERMISSIONS)
        register_roles(ROLES)
        register_scope_source(World.REGION, DISTRICT, district_choices)
