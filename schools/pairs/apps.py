"""App configuration."""

from django.apps import AppConfig


class PairsConfig(AppConfig):
    """Pairs, groups, orders."""

    name = "schools.pairs"
    label = "pairs"
    default_auto_field = "django.db.models.BigAutoField"
