"""Arms the stamps when Django starts."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """The door as a Django app: no tables, only the wrapping of loads and queries."""

    name = "core.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Install the stamps once every model is loaded."""
        from core.tenancy import checks  # noqa: F401  registers the start-up check
        from core.tenancy.stamps import install

        install()
