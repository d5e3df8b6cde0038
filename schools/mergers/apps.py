"""App configuration."""

from django.apps import AppConfig


class SchoolMergersConfig(AppConfig):
    """Mergers of schools, inside the two."""

    name = "schools.mergers"
    label = "school_mergers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say how rows of a merged school stand beside rows of this one."""
        from schools.mergers.rules import register

        register()
