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
        from core.authz.registry import World
        from core.events.catalogue import register_events, subscribe
        from core.events.daily import register_chore
        from schools.clearances.expected import register_mentors
        from schools.matching import leaving
        from schools.matching.by_hand import kept_apart
        from schools.matching.choosing import asked_to_be_mentored, asked_to_mentor
        from schools.matching.joining import register
        from schools.matching.proposals import end_what_a_withdrawal_ends, end_what_must_end
        from schools.matching.selectors import across_in_rounds, mentors_asked
        from schools.matching.waiting_again import wait_after_a_draft, wait_after_an_end
        from schools.pairs.beside import register_discard, register_rule
        from schools.people.own_roles import register_own_role
        from schools.questionnaires.partners import register_partners
        from tenants.provisioning.archive.contents import CodeColumn, register_code_column
        from tenants.reference.models import Form

        register_events(
            World.SCHOOL,
            ("matching.run_done", _("подбор пар готов"), ("round", "run", "matched")),
            ("matching.run_failed", _("подбор пар не удался"), ("round", "run")),
            ("matching.published", _("опубликованы пары подбора"), ("round", "pairs", "as_drafts")),
            ("matching.proposed", _("двоим предложена пара"), ("proposals",)),
            ("matching.proposal_settled", _("на предложение о паре ответили, или срок прошёл"), ("proposal", "state")),
        )
        register_chore("proposals", end_what_must_end, World.SCHOOL)
        register_chore("withdrawn participation", leaving.end_taking_part_from_today, World.SCHOOL)
        subscribe(end_what_a_withdrawal_ends, wants=lambda name: False)
        subscribe(leaving.end_taking_part, wants=lambda name: False)
        subscribe(wait_after_an_end, wants=lambda name: False)
        register_discard(wait_after_a_draft)
        register()
        register_rule(kept_apart)
        leaving.register()
        register_mentors("matching", mentors_asked)
        register_partners(across_in_rounds)
        register_own_role("mentor", "proposal", asked_to_mentor)
        register_own_role("mentee", "proposal", asked_to_be_mentored)
        register_code_column(
            CodeColumn(
                "matching_round",
                "form_code",
                _("формы наставничества"),
                lambda: Form.objects.now().values_list("code", flat=True),
            )
        )
        self._register_menu()

    def _register_menu(self) -> None:
        from core.authz import can
        from core.ui.navigation import NavItem
        from core.ui.navigation import register as register_items

        register_items(
            NavItem(
                label=_("Подбор пар"),
                url_name="matching:list",
                permission=can("matching.view"),
                worlds={"school"},
                section="pairs",
                order=42,
            ),
            NavItem(
                label=_("Предложения"),
                url_name="proposals:list",
                permission=can("proposals.answer", "matching.view"),
                worlds={"school"},
                section="pairs",
                order=43,
            ),
            NavItem(
                label=_("Список ожидания"),
                url_name="waiting:list",
                permission=can("pairs.unpaired_view"),
                worlds={"school"},
                section="pairs",
                order=46,
            ),
        )
