"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """News for an account."""

    name = "schools.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear what happens, stand on the home page, forget old news, say what the table holds."""
        from core.authz.registry import World
        from core.events.catalogue import subscribe
        from core.events.daily import register_chore
        from core.ui.home import register_home_block
        from schools.notifications import holdings
        from schools.notifications.services import forget_old_notices, forget_pair
        from schools.notifications.telling import tell_of
        from schools.notifications.words import home_block
        from schools.pairs.beside import register_move
        from tenants.mergers.contents import register_stays

        holdings.register()
        # The region's events are nobody's news in a school.
        subscribe(tell_of, wants=lambda name: False)
        register_move(forget_pair)
        register_stays({"notifications_notice": "news of the other school, whose accounts nobody can sign in with"})
        register_home_block("notifications", home_block, order=6)
        register_chore("old news", forget_old_notices, World.SCHOOL)
