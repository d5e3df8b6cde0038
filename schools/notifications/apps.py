"""App configuration."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """News for an account, on the site and by mail."""

    name = "schools.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear what happens, stand on the home page, forget what is old, plan digests, say what the table holds."""
        from core.authz.registry import World
        from core.events.catalogue import subscribe
        from core.events.daily import register_chore
        from core.ui.home import register_home_block
        from schools.notifications import holdings
        from schools.notifications.digests import plan_digests
        from schools.notifications.posting import keep_letters
        from schools.notifications.services import forget_old_notices, forget_pair, join_accounts
        from schools.notifications.telling import tell_of, tell_of_papers
        from schools.notifications.words import home_block
        from schools.pairs.beside import register_move
        from schools.people.ties import register_account_join
        from tenants.mergers.contents import register_stays

        holdings.register()
        # The region's events are nobody's news in a school.
        subscribe(tell_of, wants=lambda name: False)
        register_move(forget_pair)
        register_account_join("news", join_accounts)
        theirs = "of the other school, whose accounts nobody can sign in with"
        register_stays(
            {
                "notifications_notice": f"news {theirs}",
                "notifications_preference": f"addresses confirmed on the host {theirs}",
                "notifications_letter": f"letters to people {theirs}",
            }
        )
        register_home_block("notifications", home_block, order=6)
        register_chore("old news", forget_old_notices, World.SCHOOL)
        register_chore("papers to renew", tell_of_papers, World.SCHOOL)
        register_chore("letters", keep_letters, World.SCHOOL)
        register_chore("digests", plan_digests, World.SCHOOL)
