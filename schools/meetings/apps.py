"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    """Plans and meetings."""

    name = "schools.meetings"
    label = "meetings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say which events there are, take part in merges of pairs, stand beside a pair's card and in the menu."""
        from core.authz import can
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from core.ui.navigation import NavItem, register
        from schools.meetings import joining

        members = ("meeting", "pair", "group", "held_on", "state")
        register_events(World.SCHOOL, ("meeting.logged", _("записана встреча"), members))
        joining.register()
        register(
            NavItem(
                label=_("Встречи"),
                url_name="meetings:list",
                permission=can("meetings.view"),
                worlds={"school"},
                section="pairs",
                order=42,
            )
        )
