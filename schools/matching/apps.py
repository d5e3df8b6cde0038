"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    """Matching of mentors and mentees."""

    name = "schools.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take part in merges of people and in restores."""
        from schools.matching.joining import register
        from tenants.provisioning.archive.contents import CodeColumn, register_code_column
        from tenants.reference.models import Form

        register()
        register_code_column(
            CodeColumn(
                "matching_round",
                "form_code",
                _("формы наставничества"),
                lambda: Form.objects.now().values_list("code", flat=True),
            )
        )
