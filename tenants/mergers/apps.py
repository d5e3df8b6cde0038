"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MergersConfig(AppConfig):
    """Mergers of schools."""

    name = "tenants.mergers"
    label = "mergers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the API what a merger refuses, the menu where mergers are, and what of accounts is carried how."""
        from core.api.problems import Problem, register_problem
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from tenants.mergers import accounts
        from tenants.mergers.errors import MergerError

        register_problem(MergerError, lambda error: Problem(409, error.code, str(error)))
        accounts.register()
        register(
            NavItem(
                label=_("Объединение школ"),
                url_name="mergers:list",
                permission=can("schools.manage"),
                worlds=["region"],
                order=25,
            )
        )
