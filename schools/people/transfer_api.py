"""Endpoints of transfers between schools."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor, enforce
from schools.people import policies, receiving, releasing
from schools.people import transfer_serializers as shapes
from schools.people.models import Person, Release
from schools.people.receiving import Incoming
from schools.people.releasing import ReleaseData
from tenants.transfers.selectors import OtherSchool, other_schools


def _waits_since(row: Incoming) -> str:
    """Return the key of an offer: all wait for the same time, so the oldest ends first."""
    return f"{row.offer.expires_at:%Y%m%d%H%M%S%f}:{row.offer.id}"


class OtherSchoolsEndpoint(ApiView):
    """Other schools of the region."""

    tag = "transfers"

    @operation(
        _("Найти школу региона"),
        needs=("people.edit",),
        query=shapes.SchoolsQuery,
        answer=shapes.OtherSchoolAnswer,
        many=True,
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> list[OtherSchool]:
        """Return up to 12 working schools by title."""
        enforce(policies.may_transfer_people(actor))
        return other_schools(query["q"])


class ReleaseEndpoint(ApiView):
    """Letting a pupil go."""

    tag = "transfers"

    @operation(
        _("Предложить ученика другой школе"),
        needs=("people.edit",),
        description=_("Пока новая школа не приняла ученика, здесь ничего не меняется."),
        body=shapes.ReleaseBody,
        answer=shapes.ReleasedAnswer,
        status=201,
    )
    def post(self, actor: Actor, person_id: UUID, body: dict[str, Any]) -> Release:
        """Offer him."""
        return releasing.release_pupil(actor=actor, person_id=person_id, data=ReleaseData(**body))


class OutgoingTransfersEndpoint(ApiView):
    """Pupils let go from here."""

    tag = "transfers"

    @operation(
        _("Отпущенные ученики"),
        needs=("people.edit",),
        answer=shapes.OutgoingAnswer,
        pages=("-released_at", "pk"),
        shows=releasing.with_states,
        viewed="people.transfers_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Release]:
        """Return them, the latest first."""
        return releasing.outgoing(actor)


class OutgoingTransferEndpoint(ApiView):
    """One pupil let go."""

    tag = "transfers"

    @operation(_("Отозвать перевод"), needs=("people.edit",))
    def delete(self, actor: Actor, transfer_id: UUID) -> None:
        """Take the offer back."""
        releasing.withdraw_release(actor=actor, transfer_id=transfer_id)


class IncomingTransfersEndpoint(ApiView):
    """Pupils offered to this school."""

    tag = "transfers"

    @operation(
        _("Ученики, которых предлагают школе"),
        needs=("people.edit",),
        answer=shapes.IncomingAnswer,
        keyed=_waits_since,
        viewed="people.transfers_viewed",
    )
    def get(self, actor: Actor) -> list[Incoming]:
        """Return the offers that wait, the oldest first."""
        return receiving.incoming(actor)


class IncomingTransferEndpoint(ApiView):
    """One pupil offered to this school."""

    tag = "transfers"

    @operation(_("Ученик, которого предлагают школе"), needs=("people.edit",), answer=shapes.IncomingAnswer)
    def get(self, actor: Actor, transfer_id: UUID) -> Incoming:
        """Return the offer and record that it was seen."""
        found = receiving.incoming_for(actor=actor, transfer_id=transfer_id)
        record(actor=actor, action="people.transfer_viewed", object_type="people.transfer", object_id=transfer_id)
        return found

    @operation(_("Отклонить перевод"), needs=("people.edit",))
    def delete(self, actor: Actor, transfer_id: UUID) -> None:
        """Say no."""
        receiving.decline_transfer(actor=actor, transfer_id=transfer_id)


class AcceptanceEndpoint(ApiView):
    """Taking a pupil in."""

    tag = "transfers"

    @operation(
        _("Принять ученика"),
        needs=("people.edit",),
        description=_("Карточка и зачисление появляются сами; согласия собирают заново."),
        body=shapes.AcceptBody,
        answer=shapes.AcceptedAnswer,
        status=201,
    )
    def post(self, actor: Actor, transfer_id: UUID, body: dict[str, Any]) -> Person:
        """Say yes."""
        return receiving.accept_transfer(actor=actor, transfer_id=transfer_id, class_name=body["class_name"])


urlpatterns = [
    path("transfers/schools/", OtherSchoolsEndpoint.as_view(), name="transfers-schools"),
    path("transfers/outgoing/", OutgoingTransfersEndpoint.as_view(), name="transfers-outgoing"),
    path("transfers/outgoing/<uuid:transfer_id>/", OutgoingTransferEndpoint.as_view(), name="transfer-outgoing"),
    path("transfers/incoming/", IncomingTransfersEndpoint.as_view(), name="transfers-incoming"),
    path("transfers/incoming/<uuid:transfer_id>/", IncomingTransferEndpoint.as_view(), name="transfer-incoming"),
    path("transfers/incoming/<uuid:transfer_id>/acceptance/", AcceptanceEndpoint.as_view(), name="transfer-accept"),
    path("people/<uuid:person_id>/release/", ReleaseEndpoint.as_view(), name="person-release"),
]
