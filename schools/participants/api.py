"""Endpoints of participants' own things and of concerns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.consents import own
from schools.consents.models import Consent
from schools.consents.serializers import ConsentAnswer
from schools.participants import selectors, services
from schools.participants import serializers as shapes
from schools.participants.models import Concern


class TellEndpoint(ApiView):
    """«Мне некомфортно»."""

    tag = "participation"

    @operation(
        _("Сказать куратору и психологу, что некомфортно"),
        needs=("participation.view",),
        body=shapes.ConcernBody,
        answer=shapes.ToldConcern,
        status=201,
    )
    def post(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Concern:
        """Tell it, or add words to what waits already."""
        return services.tell_concern(actor=actor, pair_id=pair_id, text=body["text"])


class ConcernsEndpoint(ApiView):
    """Concerns."""

    tag = "participation"

    @operation(
        _("Обращения участников"),
        needs=("concerns.answer",),
        answer=shapes.ConcernAnswer,
        pages=("pk",),
        viewed="participants.concerns_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Concern]:
        """Return those that reach the actor."""
        return selectors.concerns_to_answer(actor)


class ConcernEndpoint(ApiView):
    """One concern."""

    tag = "participation"

    @operation(_("Обращение участника"), needs=("concerns.answer",), answer=shapes.ConcernAnswer)
    def get(self, actor: Actor, concern_id: UUID) -> Concern:
        """Return it and record that it was seen."""
        concern = selectors.concern_for(actor=actor, concern_id=concern_id)
        record(
            actor=actor,
            action="participants.concern_viewed",
            object_type="participants.concern",
            object_id=concern.pk,
        )
        return concern

    @operation(_("Взять обращение на себя"), needs=("concerns.answer",), answer=shapes.ConcernAnswer)
    def put(self, actor: Actor, concern_id: UUID) -> Concern:
        """Take it."""
        return services.take_concern(actor=actor, concern_id=concern_id)


class ConcernClosingEndpoint(ApiView):
    """The end of a concern."""

    tag = "participation"

    @operation(
        _("Закрыть обращение"),
        needs=("concerns.answer",),
        body=shapes.ConcernOutcomeBody,
        answer=shapes.ConcernAnswer,
    )
    def put(self, actor: Actor, concern_id: UUID, body: dict[str, Any]) -> Concern:
        """Close it with what came of it."""
        return services.close_concern(actor=actor, concern_id=concern_id, outcome=body["outcome"])


class OwnConsentsEndpoint(ApiView):
    """One's own consents."""

    tag = "participation"

    @operation(
        _("Свои согласия и согласия своих детей"),
        needs=("participation.view",),
        answer=ConsentAnswer,
        many=True,
        viewed="consents.own_viewed",
    )
    def get(self, actor: Actor) -> list[Consent]:
        """Return them, the latest first."""
        return list(own.own_consents(actor))


class OwnWithdrawalEndpoint(ApiView):
    """The withdrawal of a consent by whom it is about, or by his representative."""

    tag = "participation"

    @operation(
        _("Отозвать своё согласие или согласие своего ребёнка"),
        needs=("consents.withdraw_own",),
        description=_("Действует с сегодняшнего дня. Дать согласие снова можно только на бумаге."),
        answer=ConsentAnswer,
    )
    def put(self, actor: Actor, consent_id: UUID) -> Consent:
        """Take it back."""
        return own.withdraw_own_consent(actor=actor, consent_id=consent_id)


urlpatterns = [
    path("participation/consents/", OwnConsentsEndpoint.as_view(), name="own-consents"),
    path(
        "participation/consents/<uuid:consent_id>/withdrawal/",
        OwnWithdrawalEndpoint.as_view(),
        name="own-consent-withdrawal",
    ),
    path("participation/pairs/<uuid:pair_id>/concern/", TellEndpoint.as_view(), name="concern-tell"),
    path("participation/concerns/", ConcernsEndpoint.as_view(), name="concerns"),
    path("participation/concerns/<uuid:concern_id>/", ConcernEndpoint.as_view(), name="concern"),
    path("participation/concerns/<uuid:concern_id>/close/", ConcernClosingEndpoint.as_view(), name="concern-close"),
]
