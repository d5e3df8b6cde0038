"""Django app of the base templates and the component kit."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """No models: everything a screen needs that is not about mentoring."""

    name = "core.ui"
    label = "ui"
