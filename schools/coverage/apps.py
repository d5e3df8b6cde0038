"""App configuration."""

from django.apps import AppConfig


class CoverageConfig(AppConfig):
    """Fact views and the school's own coverage."""

    name = "schools.coverage"
    label = "coverage"
    default_auto_field = "django.db.models.BigAutoField"
