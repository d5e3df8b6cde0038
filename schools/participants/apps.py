"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    """Participants' own pages, and concerns."""

    name = "schools.participants"
    label = "participants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Stand on the home page and in the menu; take part in merges of cards and pairs; say what the table holds."""
        from core.authz import can
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from core.ui.home import register_home_block
        from core.ui.navigation import NavItem, register
        from schools.pairs.beside import register_move, register_standing
        from schools.participants import holdings, joining
        from schools.participants.home import asked_block, concerns_block, home_block

        register_events(World.SCHOOL, ("concern.told", _("обратились «мне некомфортно»"), ("concern",)))
        holdings.register()
        joining.register()
        register_move(joining.move_concerns)
        register_standing(joining.has_concerns)
        register_home_block("asked", asked_block, order=3)
        register_home_block("concerns", concerns_block, order=5)
        register_home_block("participation", home_block, order=10)
        register(
            NavItem(
                label=_("Кому некомфортно"),
                url_name="participants:concerns",
                permission=can("concerns.answer"),
                worlds={"school"},
                section="pairs",
                order=60,
            )
        )
