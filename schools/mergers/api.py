"""Endpoints of mergers in a school."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from schools.mergers import services
from schools.mergers.serializers import ClassesBody, OwnMergerAnswer
from tenants.mergers.steps import OwnMerger

_DECIDE = ("mergers.decide",)


class OwnMergersEndpoint(ApiView):
    """Mergers of the school."""

    tag = "mergers"

    @operation(_("Объединения школы"), needs=_DECIDE, answer=OwnMergerAnswer, many=True)
    def get(self, actor: Actor) -> list[OwnMerger]:
        """Return all of them, the latest first."""
        return services.mergers_of(actor)


class OwnMergerEndpoint(ApiView):
    """One merger of the school."""

    tag = "mergers"

    @operation(_("Объединение школы"), needs=_DECIDE, answer=OwnMergerAnswer)
    def get(self, actor: Actor, merger_id: UUID) -> OwnMerger:
        """Return it with its plan."""
        return services.merger_for(actor=actor, merger_id=merger_id)

    @operation(_("Отказаться от объединения"), needs=_DECIDE)
    def delete(self, actor: Actor, merger_id: UUID) -> None:
        """Say no."""
        services.decline(actor=actor, merger_id=merger_id)


class AgreementEndpoint(ApiView):
    """The director's agreement."""

    tag = "mergers"

    @operation(_("Согласиться на объединение"), needs=_DECIDE)
    def post(self, actor: Actor, merger_id: UUID) -> None:
        """Agree."""
        services.agree(actor=actor, merger_id=merger_id)


class PlanEndpoint(ApiView):
    """The plan of the school that takes the other in."""

    tag = "mergers"

    @operation(_("Составить план заново"), needs=_DECIDE)
    def post(self, actor: Actor, merger_id: UUID) -> None:
        """Have it made anew."""
        services.plan_again(actor=actor, merger_id=merger_id)

    @operation(_("Назвать классы, которые есть в обеих школах"), needs=_DECIDE, body=ClassesBody)
    def put(self, actor: Actor, merger_id: UUID, body: dict[str, Any]) -> None:
        """Choose titles."""
        services.name_classes(actor=actor, merger_id=merger_id, titles=body["titles"])


urlpatterns = [
    path("mergers/", OwnMergersEndpoint.as_view(), name="mergers"),
    path("mergers/<uuid:merger_id>/", OwnMergerEndpoint.as_view(), name="merger"),
    path("mergers/<uuid:merger_id>/agreement/", AgreementEndpoint.as_view(), name="merger-agreement"),
    path("mergers/<uuid:merger_id>/plan/", PlanEndpoint.as_view(), name="merger-plan"),
]
