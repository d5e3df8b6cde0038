"""App configuration."""

from django.apps import AppConfig


class TombstonesConfig(AppConfig):
    """Tombstones of destroyed people."""

    name = "tenants.tombstones"
    label = "tombstones"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Look at the journal before a process starts."""
        from tenants.tombstones import checks  # noqa: F401
