"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RollupConfig(AppConfig):
    """Cells, sweeper, frozen figures."""

    name = "reports.rollup"
    label = "rollup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say which events there are."""
        from core.authz.registry import World
        from core.events.catalogue import register_events

        register_events(
            World.REGION,
            ("figures.changed", _("показатели изменились"), ("schools",)),
            ("figures.frozen", _("показатели месяца закреплены"), ("day",)),
        )
