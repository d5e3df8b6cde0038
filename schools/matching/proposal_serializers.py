"""What the API reads and shows of proposals and of the waiting list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import Day, Version
from schools.matching.choosing import options_of
from schools.matching.domain.proposals import Party, ProposalState, Reason
from schools.matching.editions import support_values
from schools.matching.models import Candidate, Proposal, Support
from schools.matching.waiting_people import support_of
from schools.people.editions import edition_of
from schools.people.models import Person
from schools.people.serializers import PersonInList

_STATES = [(state.value, state.value) for state in ProposalState]
_ANSWERS = [("", "–"), ("yes", _("да")), ("no", _("нет"))]


class PublishBody(serializers.Serializer[Any]):
    """How a board goes out."""

    version = serializers.IntegerField(min_value=1, max_value=10**9, help_text=_("Версия доски, которую вы видели."))
    as_drafts = serializers.BooleanField(required=False, default=False, help_text=_("Сразу черновики, без вопросов."))
    choices = serializers.IntegerField(
        required=False,
        default=1,
        min_value=1,
        max_value=3,
        help_text=_("Из скольких наставников выбирает наставляемый."),
    )
    answer_days = serializers.IntegerField(required=False, default=5, min_value=1, max_value=30)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, default=None)
    role_variant = serializers.CharField(required=False, allow_blank=True, default="", max_length=160)


class PublishedAnswer(serializers.Serializer[Any]):
    """How many pairs went out."""

    pairs = serializers.IntegerField()


class MentorOption(serializers.Serializer[Any]):
    """A mentor whom a mentee may choose."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class ProposalAnswer(serializers.Serializer[Proposal]):
    """A proposal; the reason of a refusal is not here: it is for the curator's page alone."""

    id = serializers.UUIDField()
    mentor = serializers.SerializerMethodField(help_text=_("Пусто, пока наставляемый выбирает."))
    mentee = serializers.CharField(source="mentee.person.full_name")
    form_code = serializers.CharField(source="mentee.round.form_code")
    state = serializers.ChoiceField(choices=_STATES)
    mentor_answer = serializers.ChoiceField(choices=_ANSWERS)
    mentee_answer = serializers.ChoiceField(choices=_ANSWERS)
    attempt = serializers.SerializerMethodField(
        help_text=_("Который по счёту наставник предложен; только тому, кто ведёт подбор.")
    )
    expires_on = serializers.DateField()
    pair = serializers.UUIDField(source="pair_id", allow_null=True)

    options = serializers.SerializerMethodField(help_text=_("Из кого выбирает наставляемый."))

    def get_mentor(self, row: Proposal) -> str:
        """Return the mentor's name; nobody's while the mentee chooses."""
        return "" if row.options else row.mentor.person.full_name

    @extend_schema_field(MentorOption(many=True))
    def get_options(self, row: Proposal) -> list[dict[str, str]]:
        """Return ids and names of the mentors offered."""
        offered = options_of([row])[row.pk] if row.state == ProposalState.OFFERED else []
        # Who leads the round and is offered in it does not read beside whom.
        if any(mentor.person_id == self.context["actor"].person_id for mentor in offered):
            return []
        return [{"id": str(mentor.pk), "name": mentor.person.full_name} for mentor in offered]

    def get_attempt(self, row: Proposal) -> int | None:
        """Return the number; null to those who are asked: nobody is told that he is the second choice."""
        is_asked = self.context["actor"].person_id in (row.mentor.person_id, row.mentee.person_id)
        return None if is_asked or getattr(row, "is_own", False) else row.attempt


class AnswerBody(serializers.Serializer[Any]):
    """An answer to a proposal."""

    is_accepted = serializers.BooleanField()
    mentor = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text=_("Кого выбрал наставляемый из предложенных.")
    )
    reason = serializers.ChoiceField(
        choices=[("", "–"), *((code.value, code.value) for code in Reason)], required=False, default=""
    )
    party = serializers.ChoiceField(
        choices=[("", "–"), *((code.value, code.value) for code in Party)],
        required=False,
        default="",
        help_text=_("Чей ответ записывает куратор; свой ответ дают без этого."),
    )


class WaitingMenteeAnswer(serializers.Serializer[Candidate]):
    """Somebody for whom the search goes on."""

    id = serializers.UUIDField()
    person = PersonInList()
    form_code = serializers.CharField(source="round.form_code")
    waiting_since = serializers.DateField()
    has_support = serializers.BooleanField(help_text=_("Психологическое сопровождение."))
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда отмечаете сопровождение."))

    def get_version(self, row: Candidate) -> str:
        """Return the edition of the mark."""
        return edition_of(support_values(row))


class WaitingPersonAnswer(serializers.Serializer[Person]):
    """Somebody who waits and stands in no round."""

    person = PersonInList(source="*")
    form_code = serializers.CharField(help_text=_("Форма опроса, в котором ответили; пусто – любая."))
    waiting_since = serializers.DateField()
    has_support = serializers.BooleanField(help_text=_("Психологическое сопровождение."))
    version = serializers.SerializerMethodField(help_text=_("Назовите её, когда отмечаете сопровождение."))

    def get_version(self, row: Person) -> str:
        """Return the edition of the mark."""
        return edition_of(support_of(row))


class SupportBody(serializers.Serializer[Any]):
    """Whether somebody who waits has support."""

    has_support = serializers.BooleanField()
    version = Version()


class WaitEndBody(serializers.Serializer[Any]):
    """Why somebody waits no more."""

    reason = serializers.ChoiceField(choices=Support.End.choices)
