"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProvisioningConfig(AppConfig):
    """Provisioning of schools."""

    name = "tenants.provisioning"
    label = "provisioning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the API what provisioning refuses; say which events there are."""
        from core.api.problems import Problem, register_problem
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from tenants.provisioning.errors import (
            ArchiveError,
            CodeTakenError,
            DayError,
            NotHandedOverError,
            ReasonMissingError,
        )

        register_events(World.SCHOOL, ("archive.ready", _("архив школы готов"), ("archive",)))
        register_problem(DayError, lambda error: Problem(422, "wrong_day", str(error), {"day": [str(error)]}))
        register_problem(NotHandedOverError, lambda error: Problem(409, "not_handed_over", str(error)))
        register_problem(ArchiveError, lambda error: Problem(409, "archive_in_work", str(error)))
        register_problem(CodeTakenError, lambda error: Problem(422, "code_taken", str(error), {"code": [str(error)]}))
        register_problem(
            ReasonMissingError, lambda error: Problem(422, "reason_missing", str(error), {"reason": [str(error)]})
        )
