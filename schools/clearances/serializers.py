"""What the API reads and shows of papers of mentors from outside."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day, NameToFind, Version
from schools.clearances.domain import Rule, State
from schools.clearances.models import Clearance
from schools.clearances.selectors import Checklist, Line
from schools.clearances.services import paper_values
from schools.clearances.words import SHOWN
from schools.people.editions import edition_of
from schools.people.models import PersonKindChoice

RULES = [(rule.value, rule.value) for rule in Rule]
STATES = [(state.value, state.value) for state in State]


class ClearancesQuery(serializers.Serializer[Any]):
    """Whose checklists: ``show`` is a tab of the page."""

    show = serializers.ChoiceField(choices=[(tab, tab) for tab in SHOWN if tab], required=False)
    kind = serializers.SlugField(required=False, help_text=_("Документ, которого нет или скоро не будет."))


class ClearancesSearch(ClearancesQuery):
    """Whose checklists, by name too."""

    q = NameToFind()


class ClearancesExport(ClearancesQuery):
    """Whose checklists to export; everybody's when nothing is named."""

    q = NameToFind(required=False, allow_blank=True, default="")


class ClearanceAnswer(serializers.Serializer[Clearance]):
    """A paper that is kept."""

    id = serializers.UUIDField()
    person = serializers.UUIDField(source="person_id")
    kind = serializers.CharField()
    number = serializers.CharField()
    issuer = serializers.CharField()
    issued_on = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    withdrawn_on = serializers.DateField(allow_null=True)
    withdrawn_why = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда исправляете запись."))

    def get_version(self, row: Clearance) -> str:
        """Return the edition of what stands on the paper."""
        return edition_of(paper_values(row))


class ClearanceLine(serializers.Serializer[Line]):
    """One paper that is asked, as it stands today."""

    kind = serializers.CharField(source="kind.code")
    title = serializers.CharField(source="kind.title")
    rule = serializers.ChoiceField(choices=RULES)
    state = serializers.ChoiceField(choices=STATES, source="standing.state")
    until = serializers.DateField(source="standing.until", allow_null=True)
    blocks = serializers.BooleanField()
    paper = ClearanceAnswer(allow_null=True)


class ChecklistAnswer(serializers.Serializer[Checklist]):
    """A mentor from outside and what the school asks of him."""

    person = serializers.UUIDField(source="person.pk")
    full_name = serializers.CharField(source="person.full_name")
    is_blocked = serializers.BooleanField(source="blocking")
    lines = ClearanceLine(many=True)


class PersonClearancesAnswer(ChecklistAnswer):
    """The same with every paper that is kept, the latest first."""

    papers = ClearanceAnswer(many=True)


class ClearancePaperBody(serializers.Serializer[Any]):
    """What stands on a paper."""

    issued_on = Day()
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    issuer = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    valid_until = Day(required=False, allow_null=True, default=None)


class ClearanceCorrection(ClearancePaperBody):
    """What stands on a paper, mended."""

    version = Version()


class NewClearanceBody(ClearancePaperBody):
    """A paper to be recorded."""

    kind = serializers.SlugField(max_length=60)


class ClearanceEndBody(serializers.Serializer[Any]):
    """From which day a paper is not in force, and why."""

    withdrawn_on = Day()
    reason = serializers.CharField(max_length=200)


class ClearanceRule(serializers.Serializer[Any]):
    """What the lack of a paper of a kind of person means in this school."""

    kind = serializers.SlugField(max_length=60)
    mentor_kind = serializers.ChoiceField(
        choices=PersonKindChoice.choices,
        required=False,
        allow_null=True,
        default=None,
        help_text=_("Кто наставник; не названо – все, с кого спрашивают этот документ."),
    )
    rule = serializers.ChoiceField(choices=RULES)


class ClearanceRulesBody(serializers.Serializer[Any]):
    """What is not named stays as it is."""

    rules = serializers.ListField(child=ClearanceRule(), max_length=100)
    version = Version()


class ClearanceRulesAnswer(serializers.Serializer[Any]):
    """What holds for each kind of paper and each kind of person of whom it is asked."""

    rules = ClearanceRule(many=True)
    version = serializers.CharField(help_text=_("Назовите её, когда решаете иначе."))
