"""App configuration."""

from django.apps import AppConfig


class PairsConfig(AppConfig):
    """Pairs, groups, orders."""

    name = "schools.pairs"
    label = "pairs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people."""
        from schools.pairs.joining import register

        register()
