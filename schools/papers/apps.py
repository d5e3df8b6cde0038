"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    """The school's papers and its requisites."""

    name = "schools.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Stand in the menu; keep the text of signed orders; say what the tables hold and what a merger leaves."""
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from schools.consents.joining import register_move as register_consent_move
        from schools.pairs.beside import register_move
        from schools.pairs.on_paper import register_facts, register_text
        from schools.papers import attachments, holdings, keeping
        from schools.people.ties import register_account_join
        from tenants.mergers.contents import register_stays

        register_text(signed=keeping.keep_signed, corrected=keeping.keep_corrected, ending=keeping.keep_before_end)
        register_facts(keeping.facts_of)
        register_move(keeping.move_clauses)
        register_account_join("orders", keeping.pass_on_login)
        register_consent_move(attachments.move_to_kept)
        holdings.register()
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
