"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """Freshness and queues; no tables of its own."""

    name = "reports.operations"
    label = "operations"

    def ready(self) -> None:
        """Register the menu item and what the API refuses."""
        from core.api.problems import Problem, register_problem
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from reports.operations.errors import NothingToSendError

        register_problem(NothingToSendError, lambda error: Problem(409, "nothing_to_send", str(error)))
        register(
            NavItem(
                label=_("Состояние системы"),
                url_name="operations:state",
                permission=can("operations.view"),
                worlds=["region"],
                section="settings",
                order=30,
            )
        )
