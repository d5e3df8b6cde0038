"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    """The work list, reminders, talks with pairs."""

    name = "schools.worklist"
    label = "worklist"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Stand in the menu, on the home page and beside a pair; say what the tables hold; forget old reminders."""
        from core.authz import can
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from core.events.daily import register_chore
        from core.ui.home import register_home_block
        from core.ui.navigation import NavItem, register
        from schools.pairs.beside import PairLink, register_link, register_move, register_standing
        from schools.people.ties import register_account_join
        from schools.worklist import holdings
        from schools.worklist.services import forget_old_reminders, has_contacts, move_contacts, move_reminders
        from schools.worklist.words import home_block

        register_events(World.SCHOOL, ("reminder.sent", _("наставнику напомнили о паре"), ("reminder",)))
        holdings.register()
        register_move(move_contacts)
        register_standing(has_contacts)
        register_account_join("reminders", move_reminders)
        register_link(PairLink(_("Разговоры с парой"), "worklist:contact", "support.log"))
        # Before one's own pairs: a mentor of many would not come down to what he is reminded of.
        register_home_block("worklist", home_block, order=8)
        register_chore("old reminders", forget_old_reminders, World.SCHOOL)
        register(
            NavItem(
                label=_("Рабочий список"),
                url_name="worklist:list",
                permission=can("worklist.view"),
                worlds={"school"},
                section="programme",
                order=5,
            )
        )
