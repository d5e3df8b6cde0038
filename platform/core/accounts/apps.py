"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, grants, invitations, sign-ins."""

    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the permissions over staff."""
        from core.accounts.permissions import PERMISSIONS
        from core.authz.registry import register_permissions

        register_permissions(PERMISSIONS)
