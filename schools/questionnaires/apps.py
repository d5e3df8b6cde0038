"""App configuration."""

from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    """Questionnaires."""

    name = "schools.questionnaires"
    label = "questionnaires"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people."""
        from schools.questionnaires.joining import register

        register()
