"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    """Screens above the school's other apps; no tables of its own."""

    name = "schools.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the school's sections into the main menu."""
        from core.authz import can
        from core.ui.navigation import NavItem, register
        from schools.programme.audit import in_one_phrase
        from schools.rights.printing import register_act_words

        register_act_words(in_one_phrase)

        sections = (
            (_("Люди"), "people:list", "people.view", 20),
            (_("Согласия"), "consents:missing", "consents.view", 30),
            (_("Пары"), "pairs:list", "pairs.view", 40),
            (_("Без наставника"), "pairs:unpaired", "pairs.unpaired_view", 45),
            (_("Приказы"), "orders:list", "orders.view", 50),
            (_("Охват"), "coverage:own", "coverage.view", 55),
            (_("Журнал"), "audit:list", "audit.view", 90),
            (_("Архив"), "archive:page", "archive.take", 95),
        )
        register(
            NavItem(label=_("Главная"), url_name="home", permission=lambda actor: True, worlds={"school"}, order=10),
            *(
                NavItem(label=label, url_name=name, permission=can(permission), worlds={"school"}, order=order)
                for label, name, permission, order in sections
            ),
        )
