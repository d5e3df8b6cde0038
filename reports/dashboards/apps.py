"""App configuration."""

from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    """Dashboards."""

    name = "reports.dashboards"
    label = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"
