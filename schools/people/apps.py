"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People of a school."""

    name = "schools.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the roles of a school's host."""
        from core.authz.registry import register_permissions, register_roles
        from schools.people.roles import PERMISSIONS, ROLES

        register_permissions(PERMISSIONS)
        register_roles(ROLES)
