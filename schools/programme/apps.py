"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    """The programme year, and screens above the school's other apps."""

    name = "schools.programme"
    label = "programme"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the school's sections into the main menu; say where tasks are done and what the tables hold."""
        from core.authz import can
        from core.ui.navigation import NavItem, NavSection, register, register_sections
        from schools.papers.duties import register_duties
        from schools.programme import holdings, joining, merging
        from schools.programme.audit import in_one_phrase
        from schools.programme.duties import duties_of_year
        from schools.programme.own_forms import read_own_forms, read_own_variants
        from schools.programme.years import first_day_under_way, read_profiles_of_year
        from schools.rights.printing import register_act_words
        from schools.worklist.year_start import register_year_start
        from tenants.reference.own_forms import register_own_forms
        from tenants.reference.products import Product, register_products
        from tenants.reference.words import register_profiles_of_year

        register_act_words(in_one_phrase)
        register_year_start(first_day_under_way)
        register_profiles_of_year(read_profiles_of_year)
        register_duties(duties_of_year)
        merging.register()
        register_own_forms(read_own_forms, read_own_variants)
        joining.register()
        holdings.register()
        register_products(
            Product("people", _("список людей"), "people:list", "people.view"),
            Product("mentees", _("список наставляемых"), "people:list", "people.view", "?role=mentee"),
            Product("mentors", _("список наставников"), "people:list", "people.view", "?role=mentor"),
            Product("consents", _("согласия"), "consents:missing", "consents.view"),
            Product("mentee-consents", _("согласия наставляемых"), "consents:missing", "consents.view"),
            Product("mentor-consents", _("согласия наставников"), "consents:missing", "consents.view"),
            Product("pairs", _("пары и группы"), "pairs:list", "pairs.view"),
            Product("matching", _("подбор пар"), "matching:list", "matching.view"),
            Product("closing", _("завершение пар"), "pairs:list", "pairs.view"),
            Product("questionnaires", _("опросы"), "questionnaires:list", "questionnaires.view"),
            *(
                Product(code, label, "questionnaires:list", "questionnaires.view")
                for code, label in (
                    ("entry-mentee", _("входной опрос наставляемых")),
                    ("entry-mentor", _("входной опрос наставников")),
                    ("preferences", _("опрос после общей встречи")),
                    ("interim", _("промежуточный опрос")),
                    ("final-survey", _("итоговый опрос")),
                )
            ),
            Product("meetings", _("планы и встречи"), "meetings:list", "meetings.view"),
            Product("plans", _("планы пар"), "meetings:list", "meetings.view"),
            Product("first-meetings", _("первая и пробная встречи"), "meetings:list", "meetings.view"),
            Product("planning-meetings", _("встреча-планирование"), "meetings:list", "meetings.view"),
            Product("unpaired", _("список тех, кто без наставника"), "pairs:unpaired", "pairs.unpaired_view"),
            Product("orders", _("приказы о парах"), "orders:list", "orders.view"),
            Product("roadmap", _("дорожная карта"), "programme:year", "programme.view"),
            Product("coverage", _("охват школы"), "coverage:own", "coverage.view"),
        )

        register_sections(
            NavSection(code="programme", label=_("Программа"), world="school", order=20),
            NavSection(code="people", label=_("Люди"), world="school", order=30),
            NavSection(code="pairs", label=_("Пары"), world="school", order=40),
            NavSection(code="reports", label=_("Отчёты"), world="school", order=50),
            NavSection(code="settings", label=_("Настройки"), world="school", order=60),
        )
        items = (
            ("programme", _("Год программы"), "programme:year", "programme.view", 10),
            ("people", _("Список людей"), "people:list", "people.view", 20),
            ("people", _("Согласия"), "consents:missing", "consents.view", 30),
            ("pairs", _("Пары и группы"), "pairs:list", "pairs.view", 40),
            ("pairs", _("Без наставника"), "pairs:unpaired", "pairs.unpaired_view", 45),
            ("pairs", _("Просьбы о партнёре"), "pairs:requests", "partner_requests.settle", 47),
            ("pairs", _("Приказы"), "orders:list", "orders.view", 50),
            ("reports", _("Охват"), "coverage:own", "coverage.view", 55),
            ("settings", _("Формы наставничества"), "programme:forms", "programme.edit", 80),
            ("settings", _("Журнал"), "audit:list", "audit.view", 90),
            ("settings", _("Архив"), "archive:page", "archive.take", 95),
            ("settings", _("Объединение школ"), "school-mergers:list", "mergers.decide", 97),
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
