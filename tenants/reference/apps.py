"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferenceConfig(AppConfig):
    """Versioned reference data."""

    name = "tenants.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the menu item."""
        from core.api.problems import Problem, register_problem
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from tenants.reference.errors import CodeInUseError, StaleVersionError

        register_problem(StaleVersionError, lambda error: Problem(409, "stale_version", str(error)))
        register_problem(CodeInUseError, lambda error: Problem(422, "code_in_use", str(error), {"code": [str(error)]}))
        register(
            NavItem(
                label=_("Справочники"),
                url_name="reference:index",
                permission=can("reference.view"),
                worlds=["region"],
                order=40,
            )
        )
