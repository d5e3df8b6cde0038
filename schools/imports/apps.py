"""App configuration."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Imports of Excel files."""

    name = "schools.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the import into the main menu, take part in merges, say which refusals and events there are."""
        from django.utils.translation import gettext_lazy as _

        from core.accounts.purposes import register_purpose
        from core.authz.registry import World
        from core.events.catalogue import register_events
        from core.events.daily import register_chore
        from core.ui.navigation import NavItem, register
        from schools.imports import joining
        from schools.imports.policies import may_run_imports
        from schools.imports.problems import register as register_problems
        from schools.imports.services import forget_old_drafts

        register_problems()
        register_purpose("imports.feed")
        register_chore("import_drafts", forget_old_drafts, World.SCHOOL)
        register_events(
            World.SCHOOL,
            ("import.finished", _("загрузка выполнена, не удалась или ждёт человека"), ("import", "state")),
            ("import.undone", _("выполненная загрузка отменена"), ("import",)),
        )
        register(
            NavItem(
                label=_("Загрузка из Excel"),
                url_name="imports:list",
                permission=may_run_imports,
                worlds={"school"},
                section="people",
                order=60,
            )
        )
        joining.register()
