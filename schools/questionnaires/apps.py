"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionnairesConfig(AppConfig):
    """Questionnaires."""

    name = "schools.questionnaires"
    label = "questionnaires"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people; say which events there are; stand in the menu."""
        from core.authz import can
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from core.ui.navigation import NavItem
        from core.ui.navigation import register as register_item
        from schools.questionnaires import leaving
        from schools.questionnaires.joining import register
        from tenants.provisioning.archive.contents import register_blank

        register()
        leaving.register()
        register_events(
            World.SCHOOL,
            ("questionnaire.asked", _("открыт опрос"), ("round",)),
            ("questionnaire.reopened", _("анкету вернули на исправление"), ("round", "response")),
            ("questionnaire.reminded", _("напомнили об анкете"), ("round", "responses")),
        )
        # A copy of a school answers at another address, and nobody needs the hashes.
        register_blank("questionnaires_response", "link_hash", "")
        for label, url, permission, order in (
            (_("Опросы"), "questionnaires:list", "questionnaires.view", 40),
            (_("Мои анкеты"), "questionnaires:mine", "participation.view", 41),
        ):
            register_item(
                NavItem(
                    label=label,
                    url_name=url,
                    permission=can(permission),
                    worlds=["school"],
                    section="programme",
                    order=order,
                )
            )
