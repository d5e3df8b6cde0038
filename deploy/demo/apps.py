"""The demonstration as a Django app: its one command. Installed by the local settings only, never in production."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """No tables."""

    name = "deploy.demo"
    label = "demo"
