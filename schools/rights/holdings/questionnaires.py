"""Answers to questionnaires. What others answered about somebody is theirs, and is shown to him nowhere."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from schools.questionnaires.models import Response, Round, Template
from schools.rights.registry import Holding, Subject, register_exempt, register_holdings


def responses_of(subject: Subject) -> QuerySet[Response]:
    """Return what a person was asked and answered."""
    return Response.objects.filter(person=subject.person).select_related("round").order_by("round__opened_at", "pk")


def _destroy_responses(subject: Subject, day: date) -> None:
    responses_of(subject).delete()


def register() -> None:
    """Tell of this room's tables."""
    register_holdings(
        Holding(
            model=Response,
            title=gettext_lazy("Ответы на анкеты"),
            category=gettext_lazy("ответы на анкеты программы наставничества"),
            find=responses_of,
            destroy=_destroy_responses,
            is_confidence=True,
            hidden=frozenset({"link_hash"}),
        )
    )
    register_exempt(
        {
            Template: "questions that are put to everybody; no answers",
            Round: "which questionnaire was put when; whom it was put to stands in the responses",
        }
    )
