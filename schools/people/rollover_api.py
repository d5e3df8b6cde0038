"""Endpoints of the rollover into the next school year."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.people import rollover
from schools.people import serializers as shapes
from schools.people.rollover_plan import ClassChoice, Plan, PupilPlan, plan_of, pupils_of, save_plan, year_in_question
from schools.people.school_year import Outcome


class RolloverEndpoint(ApiView):
    """The rollover into the school year in question."""

    tag = "people"

    @operation(_("План перевода на новый учебный год"), needs=("people.edit",), answer=shapes.RolloverAnswer)
    def get(self, actor: Actor) -> Plan:
        """Return the plan as saved, else as proposed; no names here."""
        return plan_of(actor=actor)

    @operation(
        _("Изменить план перевода"),
        needs=("people.edit",),
        body=shapes.RolloverPlanBody,
        answer=shapes.RolloverAnswer,
    )
    def put(self, actor: Actor, body: dict[str, Any]) -> Plan:
        """Keep the choices; nothing of the school changes."""
        classes = {row["id"]: ClassChoice(Outcome(row["outcome"]), row["title"]) for row in body.get("classes", [])}
        people = {row["enrolment"]: row["outcome"] for row in body.get("people", [])}
        save_plan(actor=actor, day=body["day"], classes=classes, people=people, version=body["version"])
        return plan_of(actor=actor)


class RolloverClassEndpoint(ApiView):
    """The pupils of a class in the plan."""

    tag = "people"

    @operation(
        _("Ученики класса в плане перевода"),
        needs=("people.edit",),
        answer=shapes.PupilPlanAnswer,
        many=True,
        viewed="people.rollover_viewed",
    )
    def get(self, actor: Actor, class_id: UUID) -> list[PupilPlan]:
        """Return them by name, with what becomes of each."""
        return pupils_of(plan_of(actor=actor), class_id)


class RolloverDoneEndpoint(ApiView):
    """The rollover as an act."""

    tag = "people"

    @operation(
        _("Можно ли отменить перевод на новый учебный год"),
        needs=("people.edit",),
        description=_("Если нет, «obstacles» называет, что опирается на перевод."),
        answer=shapes.UndoAnswer,
    )
    def get(self, actor: Actor) -> dict[str, Any]:
        """Return what stands on it; no names here."""
        row = rollover.rollover_done(actor=actor, year=year_in_question())
        obstacles = [] if row is None else rollover.obstacles_to_undo(actor=actor, row=row)
        return {"can_be_undone": row is not None and not obstacles, "obstacles": obstacles}

    @operation(
        _("Перевести на новый учебный год"),
        needs=("people.edit",),
        body=shapes.RolloverBody,
        answer=shapes.RolloverAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Plan:
        """Do what the plan says, once a year."""
        rollover.roll_over(actor=actor, year=year_in_question(), with_teachers=body["with_teachers"])
        return plan_of(actor=actor)

    @operation(_("Отменить перевод на новый учебный год"), needs=("people.edit",))
    def delete(self, actor: Actor) -> None:
        """Take it back, as long as nothing stands on it."""
        rollover.undo_rollover(actor=actor, year=year_in_question())


urlpatterns = [
    path("rollover/", RolloverEndpoint.as_view(), name="rollover"),
    path("rollover/classes/<uuid:class_id>/", RolloverClassEndpoint.as_view(), name="rollover-class"),
    path("rollover/done/", RolloverDoneEndpoint.as_view(), name="rollover-done"),
]
