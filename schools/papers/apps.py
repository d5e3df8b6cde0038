"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    """The school's papers and its requisites."""

    name = "schools.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Stand in the menu; say what the table holds and that it stays behind in a merger."""
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from schools.papers.models import Requisites
        from schools.rights.registry import register_exempt
        from tenants.mergers.contents import register_stays

        register_exempt({Requisites: "the school's own requisites; its head is named by office, as on every paper"})
        register_stays({"papers_requisites": "the other school's requisites end with it"})
        register(
            NavItem(
                label=_("Реквизиты школы"),
                url_name="papers:requisites",
                permission=can("programme.edit"),
                worlds={"school"},
                section="settings",
                order=78,
            )
        )
