"""App configuration."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Letters."""

    name = "core.mail"
    label = "mail"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Look at the settings; forget old counts."""
        from core.authz.registry import World
        from core.events.daily import register_chore
        from core.mail import checks  # noqa: F401  its check
        from core.mail.tallies import forget_old_tallies

        register_chore("tallies of letters", forget_old_tallies, World.REGION)
