"""What the API reads and shows of proposals and of the waiting list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day
from schools.matching.domain.proposals import Party, ProposalState, Reason
from schools.matching.models import Candidate, Proposal
from schools.people.serializers import PersonInList

_STATES = [(state.value, state.value) for state in ProposalState]
_ANSWERS = [("", "–"), ("yes", _("да")), ("no", _("нет"))]


class PublishBody(serializers.Serializer[Any]):
    """How a board goes out."""

    version = serializers.IntegerField(min_value=1, max_value=10**9, help_text=_("Версия доски, которую вы видели."))
    as_drafts = serializers.BooleanField(required=False, default=False, help_text=_("Сразу черновики, без вопросов."))
    answer_days = serializers.IntegerField(required=False, default=5, min_value=1, max_value=30)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True, default=None)
    role_variant = serializers.CharField(required=False, allow_blank=True, default="", max_length=160)


class PublishedAnswer(serializers.Serializer[Any]):
    """How many pairs went out."""

    pairs = serializers.IntegerField()


class ProposalAnswer(serializers.Serializer[Proposal]):
    """A proposal; the reason of a refusal is not here: it is for the curator's page alone."""

    id = serializers.UUIDField()
    mentor = serializers.CharField(source="mentor.person.full_name")
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

    def get_attempt(self, row: Proposal) -> int | None:
        """Return the number; null to those who are asked: nobody is told that he is the second choice."""
        return None if getattr(row, "is_own", False) else row.attempt


class AnswerBody(serializers.Serializer[Any]):
    """An answer to a proposal."""

    is_accepted = serializers.BooleanField()
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


class SupportBody(serializers.Serializer[Any]):
    """Whether somebody who waits has support."""

    has_support = serializers.BooleanField()
