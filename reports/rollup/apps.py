"""App configuration."""

from django.apps import AppConfig


class RollupConfig(AppConfig):
    """Cells, sweeper, frozen figures."""

    name = "reports.rollup"
    label = "rollup"
    default_auto_field = "django.db.models.BigAutoField"
