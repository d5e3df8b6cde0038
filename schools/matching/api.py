"""Endpoints of rounds and candidates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import CharField, QuerySet, Value
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.matching import meeting, selectors, services
from schools.matching import serializers as shapes
from schools.matching.discretion import own_candidate_of
from schools.matching.models import Candidate, Round


def counted_round(actor: Actor, round_id: UUID) -> Round:
    """Return a round with its counts.

    :raises Http404: for one that the actor does not see.
    """
    found = selectors.round_for(actor=actor, round_id=round_id)
    return selectors.with_counts(selectors.rounds_visible_to(actor)).get(pk=found.pk)


def shown_candidate(actor: Actor, candidate_id: UUID) -> Candidate:
    """Return a candidate with everything that is shown of him.

    :raises Http404: for one that the actor does not see.
    """
    found = selectors.candidate_for(actor=actor, candidate_id=candidate_id)
    return _read_by(actor, found.round, Candidate.objects.filter(pk=found.pk)).get()


def _read_by(actor: Actor, found: Round, rows: QuerySet[Candidate]) -> QuerySet[Candidate]:
    """Load people, and say who reads: what mentees said of the reader himself is kept from him."""
    rows = rows.annotate(reader=Value(own_candidate_of(actor, found), output_field=CharField()))
    return selectors.with_people(rows, timezone.localdate())


class RoundsEndpoint(ApiView):
    """Rounds of matching."""

    tag = "matching"

    @operation(_("Подборы пар"), needs=("matching.view",), answer=shapes.RoundAnswer, pages=("pk",))
    def get(self, actor: Actor) -> QuerySet[Round]:
        """Return the rounds that the actor sees; no names here."""
        return selectors.with_counts(selectors.rounds_visible_to(actor))

    @operation(
        _("Начать подбор"),
        needs=("matching.edit",),
        body=shapes.RoundBody,
        answer=shapes.RoundAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Round:
        """Start a round."""
        return counted_round(actor, services.start_round(actor=actor, **body).pk)


class RoundEndpoint(ApiView):
    """One round."""

    tag = "matching"

    @operation(_("Подбор пар"), needs=("matching.view",), answer=shapes.RoundAnswer)
    def get(self, actor: Actor, round_id: UUID) -> Round:
        """Return it."""
        return counted_round(actor, round_id)

    @operation(
        _("Изменить название и день встречи"),
        needs=("matching.edit",),
        body=shapes.RoundChangeBody,
        answer=shapes.RoundAnswer,
    )
    def put(self, actor: Actor, round_id: UUID, body: dict[str, Any]) -> Round:
        """Change title and day."""
        services.change_round(actor=actor, round_id=round_id, seen=body.pop("edition"), **body)
        return counted_round(actor, round_id)

    @operation(_("Удалить подбор, который не публиковали"), needs=("matching.edit",))
    def delete(self, actor: Actor, round_id: UUID) -> None:
        """Delete a round that was never published."""
        services.discard_round(actor=actor, round_id=round_id)


class RoundCandidatesEndpoint(ApiView):
    """Who takes part in a round."""

    tag = "matching"

    @operation(
        _("Участники подбора"),
        needs=("matching.view",),
        query=shapes.RoundCandidatesQuery,
        answer=shapes.RoundCandidateAnswer,
        pages=("pk",),
        viewed="matching.candidates_viewed",
    )
    def get(self, actor: Actor, round_id: UUID, query: dict[str, Any]) -> QuerySet[Candidate]:
        """Return the candidates of a side, or of both."""
        found = selectors.round_for(actor=actor, round_id=round_id)
        rows = selectors.candidates_of(found)
        return _read_by(actor, found, rows.filter(side=query["side"]) if query.get("side") else rows)

    @operation(
        _("Добавить участников подбора"),
        needs=("matching.edit",),
        body=shapes.RoundCandidatesBody,
        answer=shapes.AddedCandidates,
        status=201,
    )
    def post(self, actor: Actor, round_id: UUID, body: dict[str, Any]) -> dict[str, int]:
        """Add people to one side."""
        if body["all_willing"]:
            added = services.add_willing(actor=actor, round_id=round_id, side=body["side"])
        else:
            added = services.add_candidates(
                actor=actor, round_id=round_id, side=body["side"], person_ids=body["people"]
            )
        return {"added": len(added)}


class RoundCandidateEndpoint(ApiView):
    """One candidate."""

    tag = "matching"

    @operation(_("Участник подбора"), needs=("matching.view",), answer=shapes.RoundCandidateAnswer)
    def get(self, actor: Actor, candidate_id: UUID) -> Candidate:
        """Return him and record that he was seen."""
        found = shown_candidate(actor, candidate_id)
        record(
            actor=actor,
            action="matching.candidate_viewed",
            object_type="people.person",
            object_id=found.person_id,
        )
        return found

    @operation(
        _("Изменить пожелания участника"),
        needs=("matching.edit",),
        body=shapes.RoundCandidateBody,
        answer=shapes.RoundCandidateAnswer,
    )
    def put(self, actor: Actor, candidate_id: UUID, body: dict[str, Any]) -> Candidate:
        """Change capacity and wished ages."""
        services.change_candidate(actor=actor, candidate_id=candidate_id, seen=body.pop("version"), **body)
        return shown_candidate(actor, candidate_id)

    @operation(_("Убрать участника из подбора"), needs=("matching.edit",))
    def delete(self, actor: Actor, candidate_id: UUID) -> None:
        """Take him out of the round."""
        services.remove_candidate(actor=actor, candidate_id=candidate_id)


class PreferencesEndpoint(ApiView):
    """What a candidate said after the group meeting."""

    tag = "matching"

    @operation(
        _("Внести предпочтения групповой встречи"),
        needs=("matching.edit",),
        body=shapes.PreferencesBody,
        answer=shapes.RoundCandidateAnswer,
    )
    def put(self, actor: Actor, candidate_id: UUID, body: dict[str, Any]) -> Candidate:
        """Store ranked preferences and vetoes."""
        meeting.set_preferences(actor=actor, candidate_id=candidate_id, **body)
        return shown_candidate(actor, candidate_id)


urlpatterns = [
    path("matching/rounds/", RoundsEndpoint.as_view(), name="matching-rounds"),
    path("matching/rounds/<uuid:round_id>/", RoundEndpoint.as_view(), name="matching-round"),
    path("matching/rounds/<uuid:round_id>/candidates/", RoundCandidatesEndpoint.as_view(), name="matching-candidates"),
    path("matching/candidates/<uuid:candidate_id>/", RoundCandidateEndpoint.as_view(), name="matching-candidate"),
    path(
        "matching/candidates/<uuid:candidate_id>/preferences/",
        PreferencesEndpoint.as_view(),
        name="matching-preferences",
    ),
]
