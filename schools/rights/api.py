"""Endpoints of the rights of a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.rights import serializers as shapes
from schools.rights import services
from schools.rights.models import Destruction
from schools.rights.printing import held_on
from schools.rights.selectors import destruction_for, destructions_visible_to


class HeldEndpoint(ApiView):
    """Everything held on a person."""

    tag = "rights"

    @operation(_("Всё, что хранится о человеке"), needs=("rights.view",), answer=shapes.HeldAnswer)
    def get(self, actor: Actor, person_id: UUID) -> dict[str, Any]:
        """Return the rows of every table."""
        printed = held_on(actor=actor, person_id=person_id)
        record(actor=actor, action="rights.printed", object_type="people.person", object_id=person_id)
        return printed.as_data()


class DestructionsEndpoint(ApiView):
    """Requests to destroy data."""

    tag = "rights"

    @operation(
        _("Запросы на уничтожение данных"),
        needs=("rights.view",),
        query=shapes.DestructionQuery,
        answer=shapes.DestructionAnswer,
        pages=("-number", "pk"),
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Destruction]:
        """Return them, the latest first; no names."""
        rows = destructions_visible_to(actor)
        return rows.filter(state=query["state"]) if query.get("state") else rows


class DestructionEndpoint(ApiView):
    """One request."""

    tag = "rights"

    @operation(_("Запрос на уничтожение и его акт"), needs=("rights.view",), answer=shapes.DestructionAnswer)
    def get(self, actor: Actor, destruction_id: UUID) -> Destruction:
        """Return it."""
        return destruction_for(actor=actor, request_id=destruction_id)


class NewDestructionEndpoint(ApiView):
    """A request about a person."""

    tag = "rights"

    @operation(
        _("Внести запрос на уничтожение данных"),
        needs=("rights.view",),
        body=shapes.DestructionBody,
        answer=shapes.DestructionAnswer,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Destruction:
        """Register it; the term begins with the day it came."""
        return services.register_request(actor=actor, person_id=person_id, data=services.RequestData(**body))


class DestructionExecutionEndpoint(ApiView):
    """The execution of a request."""

    tag = "rights"

    @operation(
        _("Уничтожить данные по запросу"),
        needs=("rights.destroy",),
        description=_("Вернуть данные нельзя. Делает только директор."),
        body=shapes.ExecutionBody,
        answer=shapes.DestructionAnswer,
    )
    def post(self, actor: Actor, destruction_id: UUID, body: dict[str, Any]) -> Destruction:
        """Destroy, and return the act."""
        return services.destroy(actor=actor, request_id=destruction_id, **body)


class DestructionDropEndpoint(ApiView):
    """The dropping of a request."""

    tag = "rights"

    @operation(
        _("Снять запрос на уничтожение"),
        needs=("rights.view",),
        body=shapes.DropBody,
        answer=shapes.DestructionAnswer,
    )
    def post(self, actor: Actor, destruction_id: UUID, body: dict[str, Any]) -> Destruction:
        """Drop it; nothing is destroyed."""
        return services.drop_request(actor=actor, request_id=destruction_id, because=body["because"])


urlpatterns = [
    path("people/<uuid:person_id>/held/", HeldEndpoint.as_view(), name="held"),
    path("people/<uuid:person_id>/destruction/", NewDestructionEndpoint.as_view(), name="destruction-new"),
    path("destructions/", DestructionsEndpoint.as_view(), name="destructions"),
    path("destructions/<uuid:destruction_id>/", DestructionEndpoint.as_view(), name="destruction"),
    path(
        "destructions/<uuid:destruction_id>/execution/",
        DestructionExecutionEndpoint.as_view(),
        name="destruction-execution",
    ),
    path("destructions/<uuid:destruction_id>/drop/", DestructionDropEndpoint.as_view(), name="destruction-drop"),
]
