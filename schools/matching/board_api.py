"""Endpoints of runs and boards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.matching import board_serializers as shapes
from schools.matching import runs, selectors
from schools.matching.board import Row, board_for
from schools.matching.models import Round, Run
from schools.matching.placing import place, set_ban


class RunsEndpoint(ApiView):
    """Runs of a round."""

    tag = "matching"

    @operation(
        _("Прошлые подборы пар"),
        needs=("matching.view",),
        answer=shapes.RunAnswer,
        pages=("-asked_at", "pk"),
    )
    def get(self, actor: Actor, round_id: UUID) -> QuerySet[Run]:
        """Return the runs that are kept, the latest first."""
        return selectors.runs_of(selectors.round_for(actor=actor, round_id=round_id))

    @operation(
        _("Подобрать пары"),
        needs=("matching.edit",),
        description=_("Считает отдельная служба: спрашивайте о готовности или ждите события matching.run_done."),
        body=shapes.RunBody,
        answer=shapes.RunAnswer,
        status=202,
    )
    def post(self, actor: Actor, round_id: UUID, body: dict[str, Any]) -> Run:
        """Ask the worker for a run."""
        return runs.ask_for_run(actor=actor, round_id=round_id, mode=body["mode"])


class RunEndpoint(ApiView):
    """One run."""

    tag = "matching"

    @operation(_("Ход подбора и что доказано"), needs=("matching.view",), answer=shapes.RunAnswer)
    def get(self, actor: Actor, run_id: UUID) -> Run:
        """Return it."""
        return selectors.run_for(actor=actor, run_id=run_id)


class BoardEndpoint(ApiView):
    """The board of a round."""

    tag = "matching"

    @operation(
        _("Доска подбора"),
        needs=("matching.view",),
        answer=shapes.BoardRowAnswer,
        many=True,
        viewed="matching.board_viewed",
    )
    def get(self, actor: Actor, round_id: UUID) -> list[Row]:
        """Return every mentee with the proposed mentor and the reasons."""
        found = selectors.round_for(actor=actor, round_id=round_id)
        board = board_for(actor, found)
        return [board.row(row) for row in board.mentees()]


class BoardRowEndpoint(ApiView):
    """One mentee's row."""

    tag = "matching"

    @operation(
        _("Все наставники для одного наставляемого"),
        needs=("matching.view",),
        description=_("Соответствие, доводы и «почему не он»."),
        answer=shapes.MentorChoice,
        many=True,
        viewed="matching.row_viewed",
    )
    def get(self, actor: Actor, candidate_id: UUID) -> list[dict[str, Any]]:
        """Return every mentor beside the mentee."""
        candidate = selectors.candidate_for(actor=actor, candidate_id=candidate_id)
        board = board_for(actor, candidate.round)
        if candidate.pk not in board.question.mentees:
            raise Http404
        mentors = board.question.mentors
        why = board.why_not(candidate.pk, mentors)
        return [
            {
                "candidate": pk,
                "person": board.question.candidates[pk].person,
                "pair": board.pair(candidate.pk, pk),
                "taken": len(board.holders[pk]),
                "places": mentors[pk].places,
                "why_not": why.get(pk, []),
            }
            for pk in mentors
        ]

    @operation(
        _("Изменить пару на доске"),
        needs=("matching.edit",),
        description=_("Если доску изменили после названной версии, отказ board_changed."),
        body=shapes.PlaceBody,
        answer=shapes.PlacedAnswer,
    )
    def put(self, actor: Actor, candidate_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
        """Give the mentee another mentor, or none."""
        warnings = place(actor=actor, candidate_id=candidate_id, mentor_id=body.pop("mentor"), **body)
        version = Round.objects.get(candidates=candidate_id).version
        return {"warnings": warnings, "version": version}


class BanEndpoint(ApiView):
    """Pairs that the curator has ruled out."""

    tag = "matching"

    @operation(_("Запретить или разрешить пару"), needs=("matching.edit",), body=shapes.BanBody)
    def put(self, actor: Actor, candidate_id: UUID, body: dict[str, Any]) -> None:
        """Rule a pair out, or allow it again."""
        set_ban(actor=actor, candidate_id=candidate_id, mentor_id=body.pop("mentor"), **body)


urlpatterns = [
    path("matching/rounds/<uuid:round_id>/runs/", RunsEndpoint.as_view(), name="matching-runs"),
    path("matching/runs/<uuid:run_id>/", RunEndpoint.as_view(), name="matching-run"),
    path("matching/rounds/<uuid:round_id>/board/", BoardEndpoint.as_view(), name="matching-board"),
    path("matching/board/<uuid:candidate_id>/", BoardRowEndpoint.as_view(), name="matching-board-row"),
    path("matching/board/<uuid:candidate_id>/ban/", BanEndpoint.as_view(), name="matching-ban"),
]
