"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentsConfig(AppConfig):
    """Consents."""

    name = "schools.consents"
    label = "consents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people and in restores; say which events there are."""
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from schools.consents.joining import register
        from tenants.provisioning.archive.contents import CodeColumn, register_code_column
        from tenants.reference.models import ConsentKind

        register_events(
            World.SCHOOL,
            ("consent.withdrawn", _("согласие отозвано"), ("consent", "person", "withdrawn_on")),
            ("consent.withdrawal_undone", _("отзыв согласия записали по ошибке"), ("consent", "person")),
        )
        register()
        register_code_column(
            CodeColumn(
                "consents_consent",
                "kind",
                _("виды согласий"),
                lambda: ConsentKind.objects.now().values_list("code", flat=True),
            )
        )
