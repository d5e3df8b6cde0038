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
        from core.ui.navigation import NavItem, NavSection, register, register_sections
        from schools.programme.audit import in_one_phrase
        from schools.rights.printing import register_act_words

        register_act_words(in_one_phrase)

        register_sections(
            NavSection(code="programme", label=_("Программа"), world="school", order=20),
            NavSection(code="people", label=_("Люди"), world="school", order=30),
            NavSection(code="pairs", label=_("Пары"), world="school", order=40),
            NavSection(code="reports", label=_("Отчёты"), world="school", order=50),
            NavSection(code="settings", label=_("Настройки"), world="school", order=60),
        )
        items = (
            ("people", _("Список людей"), "people:list", "people.view", 20),
            ("people", _("Согласия"), "consents:missing", "consents.view", 30),
            ("pairs", _("Пары и группы"), "pairs:list", "pairs.view", 40),
            ("pairs", _("Без наставника"), "pairs:unpaired", "pairs.unpaired_view", 45),
            ("pairs", _("Приказы"), "orders:list", "orders.view", 50),
            ("reports", _("Охват"), "coverage:own", "coverage.view", 55),
            ("settings", _("Журнал"), "audit:list", "audit.view", 90),
            ("settings", _("Архив"), "archive:page", "archive.take", 95),
        )
        register(
            NavItem(label=_("Главная"), url_name="home", permission=lambda actor: True, worlds={"school"}, order=10),
            *(
                NavItem(
                    label=label, url_name=name, permission=can(needed), worlds={"school"}, section=section, order=order
                )
                for section, label, name, needed, order in items
            ),
        )
