"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClearancesConfig(AppConfig):
    """Papers of mentors from outside."""

    name = "schools.clearances"
    label = "clearances"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people, in restores and in mergers of schools; stand in the menu and on the home."""
        from core.authz import can
        from core.ui.home import register_home_block
        from core.ui.navigation import NavItem
        from core.ui.navigation import register as register_items
        from schools.clearances.joining import register
        from schools.clearances.own import own_block
        from tenants.mergers.contents import register_stays
        from tenants.provisioning.archive.contents import CodeColumn, register_code_column
        from tenants.reference.models import ClearanceKind

        register()
        register_stays({"clearances_clearancerules": "what the other school decided; this one goes by its own rules"})
        register_code_column(
            CodeColumn(
                "clearances_clearance",
                "kind",
                _("виды документов для допуска"),
                lambda: ClearanceKind.objects.now().values_list("code", flat=True),
            )
        )
        register_home_block("clearances", own_block, order=12)
        register_items(
            NavItem(
                label=_("Допуски"),
                url_name="clearances:list",
                permission=can("clearances.view"),
                worlds={"school"},
                section="people",
                order=35,
            )
        )
