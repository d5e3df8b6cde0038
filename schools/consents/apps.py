"""App configuration."""

from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    """Consents."""

    name = "schools.consents"
    label = "consents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people."""
        from schools.consents.joining import register

        register()
