"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    """Orders by which the region lets somebody into a school."""

    name = "tenants.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu's way to the orders."""
        from core.api.problems import Problem, register_problem
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from tenants.access.services import AccessError

        register_problem(AccessError, lambda error: Problem(422, "access_refused", str(error)))
        register(
            NavItem(
                label=_("Доступ в школы"),
                url_name="access:orders",
                permission=can("schools.invite", "schools.reset_director", "schools.break_glass"),
                worlds={"region"},
                section="settings",
                order=20,
            )
        )
