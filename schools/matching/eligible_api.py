"""Endpoints of people who can be added to a round: the list of the page «Добавить», and the same by name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.api.fields import NameToFind
from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.matching import selectors
from schools.matching.models import Candidate
from schools.matching.selectors import Eligible, eligible_rows
from schools.people.models import Person


class EligibleQuery(serializers.Serializer[Any]):
    """For which side, and of which class."""

    side = serializers.ChoiceField(choices=Candidate.Side.choices, required=False, default=Candidate.Side.MENTEE.value)
    room = serializers.UUIDField(required=False, help_text=_("Класс."))


class EligibleSearch(EligibleQuery):
    """The same by name."""

    q = NameToFind()


class EligibleAnswer(serializers.Serializer[Eligible]):
    """Somebody who can be added: name and class as for whoever makes pairs."""

    id = serializers.UUIDField()
    full_name = serializers.CharField()
    place = serializers.CharField(help_text=_("Класс или должность сегодня."))
    has_consent = serializers.BooleanField()
    is_in_pair = serializers.BooleanField(help_text=_("В паре этой формы на этой стороне."))


def _rows(people: list[Person]) -> list[Eligible]:
    return eligible_rows(people, with_age=False)


class EligibleEndpoint(ApiView):
    """People who can be added to a round."""

    tag = "matching"

    @operation(
        _("Кого можно добавить в подбор"),
        needs=("matching.edit",),
        query=EligibleQuery,
        answer=EligibleAnswer,
        pages=("pk",),
        shows=_rows,
        viewed="people.candidates_viewed",
    )
    def get(self, actor: Actor, round_id: UUID, query: dict[str, Any]) -> QuerySet[Person]:
        """Return the people of the kinds of a side who are not in the round."""
        return _eligible(actor, round_id, query)


class EligibleSearchEndpoint(ApiView):
    """People who can be added to a round by name."""

    tag = "matching"

    @operation(
        _("Найти по имени, кого добавить в подбор"),
        needs=("matching.edit",),
        description=_("Имя передаётся в теле запроса, чтобы не попасть в адрес."),
        body=EligibleSearch,
        answer=EligibleAnswer,
        pages=("pk",),
        shows=_rows,
        viewed="people.candidates_viewed",
        acts=False,
    )
    def post(self, actor: Actor, round_id: UUID, body: dict[str, Any]) -> QuerySet[Person]:
        """Return those of them whose name holds every word."""
        return _eligible(actor, round_id, body)


def _eligible(actor: Actor, round_id: UUID, chosen: dict[str, Any]) -> QuerySet[Person]:
    found = selectors.round_for(actor=actor, round_id=round_id, permission="matching.edit")
    return selectors.eligible_people(
        actor=actor, found=found, side=chosen["side"], typed=chosen.get("q", ""), class_id=chosen.get("room")
    )


urlpatterns = [
    path("matching/rounds/<uuid:round_id>/eligible/", EligibleEndpoint.as_view(), name="matching-eligible"),
    path(
        "matching/rounds/<uuid:round_id>/eligible/search/",
        EligibleSearchEndpoint.as_view(),
        name="matching-eligible-search",
    ),
]
