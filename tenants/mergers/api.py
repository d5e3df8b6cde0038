"""Endpoints of mergers in the region."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.authz import Actor
from tenants.mergers import services
from tenants.mergers.models import Merger
from tenants.mergers.selectors import merger_visible_to, mergers_visible_to
from tenants.mergers.serializers import MergerAnswer, MergerBody

_MANAGE = ("schools.manage",)


class MergersEndpoint(ApiView):
    """Mergers of schools."""

    tag = "schools"

    @operation(_("Объединения школ"), needs=_MANAGE, answer=MergerAnswer, pages=("-asked_at", "pk"))
    def get(self, actor: Actor) -> QuerySet[Merger]:
        """Return the mergers of the region, the latest first."""
        return mergers_visible_to(actor)

    @operation(
        _("Предложить объединение двух школ"),
        needs=_MANAGE,
        description=_("До согласия обоих директоров ничего не меняется."),
        body=MergerBody,
        answer=MergerAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Merger:
        """Ask both schools."""
        return services.ask_for_merger(actor=actor, **body)


class MergerEndpoint(ApiView):
    """One merger."""

    tag = "schools"

    @operation(_("Объединение школ"), needs=_MANAGE, answer=MergerAnswer)
    def get(self, actor: Actor, merger_id: UUID) -> Merger:
        """Return it with its steps."""
        return merger_visible_to(actor, merger_id)

    @operation(_("Отменить объединение, которое не началось"), needs=_MANAGE)
    def delete(self, actor: Actor, merger_id: UUID) -> None:
        """Call it off."""
        services.call_off_merger(actor=actor, merger_id=merger_id)


class MergerBeginEndpoint(ApiView):
    """The beginning of a merger."""

    tag = "schools"

    @operation(
        _("Начать объединение"),
        needs=_MANAGE,
        description=_("Присоединяемая школа приостанавливается сразу; остальное делается само."),
        answer=MergerAnswer,
    )
    def post(self, actor: Actor, merger_id: UUID) -> Merger:
        """Begin it."""
        return services.begin_merger(actor=actor, merger_id=merger_id)


urlpatterns = [
    path("mergers/", MergersEndpoint.as_view(), name="mergers"),
    path("mergers/<uuid:merger_id>/", MergerEndpoint.as_view(), name="merger"),
    path("mergers/<uuid:merger_id>/begin/", MergerBeginEndpoint.as_view(), name="merger-begin"),
]
