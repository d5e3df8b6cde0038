"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Users, grants, invitations, sign-ins."""

    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the permissions over staff and the menu's way to them."""
        import core.accounts.authentication  # noqa: F401  its schemes of the API's document
        from core.accounts.errors import AccountError
        from core.accounts.permissions import PERMISSIONS
        from core.accounts.services.invitations import forget_old_invitations
        from core.api.problems import Problem, register_problem
        from core.authz import can
        from core.authz.registry import World, register_permissions
        from core.events.daily import register_chore
        from core.ui.navigation import NavItem, register

        register_permissions(PERMISSIONS)
        register_chore("invitations", forget_old_invitations, *World)
        register_problem(
            AccountError,
            lambda error: Problem(422, error.code, str(error), {error.field or "": [str(error)]}),
        )
        register(
            NavItem(
                label=_("Сотрудники"),
                url_name="accounts:staff",
                permission=can("staff.view"),
                worlds={"region", "school"},
                section="settings",
                order=10,
            )
        )
