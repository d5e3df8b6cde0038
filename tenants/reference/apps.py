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
        from core.authz import can
        from core.ui.navigation import NavItem, register

        register(
            NavItem(
                label=_("Справочники"),
                url_name="reference:index",
                permission=can("reference.view"),
                worlds=["region"],
                order=40,
            )
        )
