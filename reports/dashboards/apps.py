"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    """Dashboards of region and district; no tables of their own."""

    name = "reports.dashboards"
    label = "dashboards"

    def ready(self) -> None:
        """Register the menu item."""
        from core.authz import can
        from core.ui.navigation import NavItem, register

        register(
            NavItem(
                label=_("Показатели"),
                url_name="dashboards:region",
                permission=can("dashboards.view"),
                worlds=["region"],
                order=10,
            )
        )
