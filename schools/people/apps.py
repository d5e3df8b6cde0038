"""App configuration."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People of a school."""

    name = "schools.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
