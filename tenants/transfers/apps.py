"""App configuration."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    """Transfers between schools."""

    name = "tenants.transfers"
    label = "transfers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have transfers forgotten that nobody asks about any more."""
        from core.authz.registry import World
        from core.events.daily import register_chore
        from tenants.transfers.services import forget_old_transfers

        register_chore("transfers", forget_old_transfers, World.REGION)
