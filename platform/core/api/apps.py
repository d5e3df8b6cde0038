"""App configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The shared machinery of the API and the answers it keeps for repeated requests."""

    name = "core.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the extensions of the document known; have kept answers forgotten in time."""
        import core.api.schema  # noqa: F401
        from core.api.idempotency import forget_old_answers
        from core.authz.registry import World
        from core.events.daily import register_chore

        register_chore("answers", forget_old_answers, *World)
