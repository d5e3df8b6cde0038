"""Endpoints of training of mentors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.training import selectors, services
from schools.training import serializers as shapes
from schools.training.models import Training


def _seen(actor: Actor, person_id: UUID) -> None:
    record(actor=actor, action="training.person_viewed", object_type="people.person", object_id=person_id)


class PersonTrainingEndpoint(ApiView):
    """The training of a person."""

    tag = "training"

    @operation(_("Обучение человека"), needs=("pairs.view",), answer=shapes.PersonTrainingAnswer)
    def get(self, actor: Actor, person_id: UUID) -> dict[str, Any]:
        """Return everything noted, and record that it was seen."""
        person = selectors.person_with_training(actor=actor, person_id=person_id)
        rows = selectors.training_of(person)
        _seen(actor, person.pk)
        return {"person": person, "is_trained": any(row.struck_at is None for row in rows), "training": rows}

    @operation(
        _("Записать обучение"),
        needs=("pairs.edit",),
        body=shapes.TrainingBody,
        answer=shapes.TrainingAnswer,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Training:
        """Note a training that was finished."""
        return services.note_training(actor=actor, person_id=person_id, data=services.TrainingData(**body))


class OwnTrainingEndpoint(ApiView):
    """One's own training."""

    tag = "participation"

    @operation(
        _("Своё обучение"),
        needs=("participation.view",),
        answer=shapes.TrainingAnswer,
        many=True,
        viewed="training.own_viewed",
    )
    def get(self, actor: Actor) -> list[Training]:
        """Return everything noted of oneself, the latest first."""
        return selectors.own_training(actor)


class TrainingEndpoint(ApiView):
    """One training."""

    tag = "training"

    @operation(_("Запись об обучении"), needs=("pairs.view",), answer=shapes.TrainingAnswer)
    def get(self, actor: Actor, training_id: UUID) -> Training:
        """Return it and record that it was seen."""
        row = selectors.training_for(actor=actor, training_id=training_id)
        _seen(actor, row.person_id)
        return row

    @operation(
        _("Исправить запись об обучении"),
        needs=("pairs.edit",),
        body=shapes.TrainingCorrection,
        answer=shapes.TrainingAnswer,
    )
    def put(self, actor: Actor, training_id: UUID, body: dict[str, Any]) -> Training:
        """Mend a slip; the former wording is kept."""
        seen = body.pop("version")
        data = services.TrainingData(**body)
        return services.correct_training(actor=actor, training_id=training_id, data=data, seen=seen)


class TrainingStrikeEndpoint(ApiView):
    """A record that should not have been made."""

    tag = "training"

    @operation(
        _("Вычеркнуть запись об обучении"),
        needs=("pairs.edit",),
        body=shapes.TrainingStrikeBody,
        answer=shapes.TrainingAnswer,
    )
    def post(self, actor: Actor, training_id: UUID, body: dict[str, Any]) -> Training:
        """Strike it out: it counts no more and stays readable."""
        return services.strike_training(actor=actor, training_id=training_id, **body)


urlpatterns = [
    path("participation/training/", OwnTrainingEndpoint.as_view(), name="own-training"),
    path("people/<uuid:person_id>/training/", PersonTrainingEndpoint.as_view(), name="person-training"),
    path("training/<uuid:training_id>/", TrainingEndpoint.as_view(), name="training"),
    path("training/<uuid:training_id>/strike/", TrainingStrikeEndpoint.as_view(), name="training-strike"),
]
