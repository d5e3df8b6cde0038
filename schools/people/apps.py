"""App configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """People of a school."""

    name = "schools.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the roles of a school's host, and what of people an archive leaves to the place of its restore."""
        from core.accounts.people import register_member_part, register_people, register_staff_bar
        from core.api.problems import register_problem
        from core.authz.registry import World, register_permissions, register_roles, register_scope_source
        from core.events.catalogue import register_events
        from core.ui.home import register_home_block
        from schools.people.class_teachers import pass_on_class_teacher
        from schools.people.errors import FaultyActError, problem_of
        from schools.people.joining import register_people_tables
        from schools.people.leaving import register_accounts
        from schools.people.own_roles import guardians_among, register_own_role
        from schools.people.rekeying import rekey_people
        from schools.people.roles import CLASS, FORM, PERMISSIONS, ROLES, class_choices, form_choices
        from schools.people.selectors import person_for
        from schools.people.staff_logins import why_no_staff
        from schools.people.tie_views import account_card, own_card_block
        from schools.people.ties import register_account_join
        from tenants.provisioning.archive.contents import register_after_restore, register_blank

        register_problem(FaultyActError, problem_of)
        register_events(
            World.SCHOOL,
            ("person.merged", _("две карточки объединены"), ("person", "gone")),
            ("rollover.done", _("школа переведена на новый учебный год"), ("rollover", "year")),
            ("rollover.undone", _("перевод на новый учебный год отменён"), ("rollover", "year")),
            ("transfer.offered", _("ученика предложили другой школе"), ("transfer", "person")),
            ("transfer.received", _("другая школа предложила ученика"), ("transfer",)),
            ("transfer.accepted", _("приняли ученика из другой школы"), ("transfer", "person")),
            ("transfer.ended", _("перевод ученика в другую школу завершился"), ("transfer", "person", "state")),
        )
        register_permissions(PERMISSIONS)
        register_roles(ROLES)
        register_people_tables()
        register_accounts()
        register_account_join("class teachers", pass_on_class_teacher)
        register_people(lambda actor, person_id: person_for(actor=actor, person_id=person_id).full_name)
        register_staff_bar(why_no_staff)
        register_member_part("people/account_card.html", account_card)
        register_own_role("parent", "legal representative", guardians_among)
        register_home_block("own card", own_card_block, order=60)
        register_scope_source(World.SCHOOL, CLASS, class_choices)
        register_scope_source(World.SCHOOL, FORM, form_choices)
        for column in ("name_key", "snils_key"):
            register_blank("people_person", column, "")
        register_after_restore("1 keys of people", rekey_people)
