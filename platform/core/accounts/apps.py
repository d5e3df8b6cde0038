"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, grants, invitations, sign-ins."""

    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
