"""App configuration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The shared machinery of the API and the answers it keeps for repeated requests."""

    name = "core.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the extensions of the document known."""
        import core.api.schema  # noqa: F401
