"""App configuration."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Training of mentors."""

    name = "schools.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people."""
        from schools.training.joining import register

        register()
