"""Endpoints of a pair's life: another mentor, requests for another partner."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import Day
from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.pairs import mentor_change, partner_requests, selectors
from schools.pairs.confidence import REQUESTS, is_heard
from schools.pairs.domain import Outcome, Side, Wish
from schools.pairs.group_acts import change_mentor_of_group
from schools.pairs.models import Pair, PartnerRequest
from schools.pairs.serializers import PairAnswer, WholeGroup


class MentorBody(WholeGroup):
    """Another mentor; with ``until`` he stands in up to that day."""

    mentor = serializers.UUIDField()
    starts_on = Day()
    until = Day(required=False, allow_null=True, default=None)


class AskBody(serializers.Serializer[Any]):
    """A request for another partner."""

    wish = serializers.ChoiceField(choices=[(wish.value, wish.value) for wish in Wish])
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class OutcomeBody(serializers.Serializer[Any]):
    """What came of a request."""

    outcome = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Outcome if each is not Outcome.WITHDRAWN]
    )


class RequestAnswer(serializers.Serializer[PartnerRequest]):
    """A request as the one who asked and the curator see it."""

    id = serializers.UUIDField()
    pair = serializers.UUIDField(source="pair_id")
    side = serializers.ChoiceField(choices=[(side.value, side.value) for side in Side])
    wish = serializers.ChoiceField(choices=[(wish.value, wish.value) for wish in Wish])
    words = serializers.CharField()
    asked_at = serializers.DateTimeField()
    outcome = serializers.CharField(help_text=_("Пусто, пока решения нет."))
    settled_at = serializers.DateTimeField(allow_null=True)


class AskedAnswer(RequestAnswer):
    """The same when it is asked: nobody is to think that he was heard where nobody reads it."""

    is_heard = serializers.SerializerMethodField(help_text=_("Есть сотрудник, который это прочитает."))

    def get_is_heard(self, row: PartnerRequest) -> bool:
        """Tell whether somebody of the staff reads requests about the pair."""
        return is_heard(row.pair_id, REQUESTS)


class PairMentorEndpoint(ApiView):
    """Another mentor in a pair."""

    tag = "pairs"

    @operation(
        _("Записать другого наставника"),
        needs=("pairs.edit",),
        description=_("Насовсем – прежняя пара завершается накануне; с «until» – на время. Новая пара ждёт приказа."),
        body=MentorBody,
        answer=PairAnswer,
        status=201,
    )
    def post(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Pair:
        """Change the mentor and return the new pair."""
        act = change_mentor_of_group if body.pop("whole_group") else mentor_change.change_mentor
        made = act(actor=actor, pair_id=pair_id, data=mentor_change.NewMentor(mentor_id=body.pop("mentor"), **body))
        rows = selectors.with_state(selectors.pairs_visible_to(actor), timezone.localdate())
        return selectors.with_people(rows).get(pk=made.pk)


class PairRequestEndpoint(ApiView):
    """One's own request about a pair."""

    tag = "pairs"

    @operation(
        _("Свои просьбы о другом партнёре и что по ним решили"),
        needs=("partner_requests.make",),
        answer=RequestAnswer,
        pages=("-asked_at", "pk"),
        viewed="pairs.own_viewed",
    )
    def get(self, actor: Actor, pair_id: UUID) -> QuerySet[PartnerRequest]:
        """Return what the actor himself has asked about a pair of his own or of his child, the latest first."""
        return partner_requests.own_requests(actor, partner_requests.own_pair(actor=actor, pair_id=pair_id))

    @operation(
        _("Попросить другого партнёра"),
        needs=("partner_requests.make",),
        description=_("Второй участник пары об этом не узнаёт."),
        body=AskBody,
        answer=AskedAnswer,
    )
    def put(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> PartnerRequest:
        """Ask, or change the words of what still waits."""
        return partner_requests.ask_for_another(actor=actor, pair_id=pair_id, **body)

    @operation(_("Отозвать свою просьбу"), needs=("partner_requests.make",))
    def delete(self, actor: Actor, pair_id: UUID) -> None:
        """Take it back."""
        partner_requests.withdraw_request(actor=actor, pair_id=pair_id)


class PartnerRequestsEndpoint(ApiView):
    """Requests for another partner."""

    tag = "pairs"

    @operation(
        _("Просьбы о другом партнёре"),
        needs=("partner_requests.settle",),
        answer=RequestAnswer,
        pages=("pk",),
        viewed="pairs.requests_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[PartnerRequest]:
        """Return those that the actor settles."""
        return partner_requests.requests_to_settle(actor)


class PartnerRequestEndpoint(ApiView):
    """One request."""

    tag = "pairs"

    @operation(
        _("Записать решение по просьбе"),
        needs=("partner_requests.settle",),
        body=OutcomeBody,
        answer=RequestAnswer,
    )
    def put(self, actor: Actor, request_id: UUID, body: dict[str, Any]) -> PartnerRequest:
        """Settle it."""
        return partner_requests.settle_request(actor=actor, request_id=request_id, outcome=body["outcome"])


urlpatterns = [
    path("pairs/requests/", PartnerRequestsEndpoint.as_view(), name="partner-requests"),
    path("pairs/requests/<uuid:request_id>/", PartnerRequestEndpoint.as_view(), name="partner-request"),
    path("pairs/<uuid:pair_id>/mentor/", PairMentorEndpoint.as_view(), name="pair-mentor"),
    path("pairs/<uuid:pair_id>/request/", PairRequestEndpoint.as_view(), name="pair-request"),
]
