"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PairsConfig(AppConfig):
    """Pairs, groups, orders."""

    name = "schools.pairs"
    label = "pairs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people and in restores; say which events there are."""
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from schools.clearances.expected import register_mentors
        from schools.pairs import consequences, leavers, own_child
        from schools.pairs.beside import register_standing
        from schools.pairs.joining import register
        from schools.pairs.own_roles import register_own_roles
        from schools.pairs.partner_requests import has_requests
        from schools.pairs.selectors import mentors_on
        from tenants.provisioning.archive.contents import CodeColumn, register_code_column
        from tenants.reference.models import Form

        register_events(
            World.SCHOOL,
            ("pair.created", _("составлены пары"), ("pairs",)),
            ("pair.ended", _("пара завершена"), ("pair", "ends_on")),
            ("partner_request.made", _("попросили другого партнёра"), ("request",)),
            ("order.signed", _("пары утверждены приказом"), ("order", "pairs")),
            ("order.cancelled", _("приказ отменён"), ("order", "cancelled_by")),
        )

        register()
        register_own_roles()
        consequences.register()
        leavers.register()
        own_child.register()
        register_standing(has_requests)
        register_mentors("pairs", mentors_on)
        register_code_column(
            CodeColumn(
                "pairs_pair",
                "form_code",
                _("формы наставничества"),
                lambda: Form.objects.now().values_list("code", flat=True),
            )
        )
