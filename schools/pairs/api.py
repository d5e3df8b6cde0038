"""Endpoints of pairs and orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.api.operations import ApiView, operation
from core.audit.services import record
from core.authz import Actor
from schools.pairs import leavers, orders, selectors, services
from schools.pairs import serializers as shapes
from schools.pairs.cancelling import cancel_order
from schools.pairs.finding_api import found_pairs, shown
from schools.pairs.group_acts import edit_group, end_group
from schools.pairs.models import Order, Pair
from schools.pairs.remarks import remarks_on_mentor, remarks_on_pair
from tenants.reference.selectors import definitions_now, forms_now


def _card(actor: Actor, pair_id: UUID) -> Pair:
    """Return a pair with its remarks.

    :raises Http404: for one that the actor does not see.
    """
    found = selectors.pair_for(actor=actor, pair_id=pair_id)
    pair = shown(selectors.pairs_visible_to(actor)).get(pk=found.pk)
    form = next((row for row in forms_now(with_withdrawn=True) if row.code == pair.form_code), None)
    remarks = remarks_on_pair(pair, timezone.localdate(), form=form, definitions=definitions_now())
    pair.remarks = remarks  # type: ignore[attr-defined]
    return pair


def _card_after(actor: Actor, changed: Pair) -> Pair:
    """Return a pair that an act has changed, with what ended by it."""
    pair = _card(actor, changed.pk)
    pair.ended_with, pair.with_group = changed.ended_with, changed.with_group
    return pair


class PairsEndpoint(ApiView):
    """Pairs."""

    tag = "pairs"

    @operation(
        _("Пары"),
        needs=("pairs.view",),
        query=shapes.PairQuery,
        answer=shapes.PairAnswer,
        pages=("pk",),
        viewed="pairs.list_viewed",
    )
    def get(self, actor: Actor, query: dict[str, Any]) -> QuerySet[Pair]:
        """Return the pairs that the actor sees."""
        return found_pairs(actor, query)

    @operation(
        _("Составить пару или группу"),
        needs=("pairs.edit",),
        description=_("Пары ждут приказа."),
        body=shapes.PairBody,
        answer=shapes.CreatedPairs,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Make draft pairs of one mentor."""
        people = {"mentor_id": body.pop("mentor"), "mentee_ids": body.pop("mentees")}
        data = services.PairData(**people, group_id=body.pop("group"), **body)
        pairs = services.create_pairs(actor=actor, data=data)
        remarks = remarks_on_mentor(pairs[0].mentor, timezone.localdate())
        return {"pairs": [pair.pk for pair in pairs], "remarks": remarks}


class PairEndpoint(ApiView):
    """One pair."""

    tag = "pairs"

    @operation(_("Пара"), needs=("pairs.view",), answer=shapes.PairCard)
    def get(self, actor: Actor, pair_id: UUID) -> Pair:
        """Return it and record that it was seen."""
        pair = _card(actor, pair_id)
        record(actor=actor, action="pairs.pair_viewed", object_type="pairs.pair", object_id=pair.pk)
        return pair

    @operation(
        _("Изменить сроки или ролевую модель"),
        needs=("pairs.edit",),
        body=shapes.PairPeriodBody,
        answer=shapes.EndedPair,
    )
    def put(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Pair:
        """Change the days and the role variant."""
        act = edit_group if body.pop("whole_group") else services.edit_pair
        changed = act(actor=actor, pair_id=pair_id, seen=body.pop("version"), **body)
        return _card_after(actor, changed)

    @operation(_("Удалить черновик пары"), needs=("pairs.edit",))
    def delete(self, actor: Actor, pair_id: UUID) -> None:
        """Delete a pair that was never ordered."""
        services.discard_draft(actor=actor, pair_id=pair_id)


class PairEndEndpoint(ApiView):
    """The end of a pair."""

    tag = "pairs"

    @operation(_("Завершить пару"), needs=("pairs.edit",), body=shapes.PairEndBody, answer=shapes.EndedPair)
    def put(self, actor: Actor, pair_id: UUID, body: dict[str, Any]) -> Pair:
        """End it with a reason."""
        act = end_group if body.pop("whole_group") else services.end_pair
        ended = act(actor=actor, pair_id=pair_id, **body)
        return _card_after(actor, ended)


class DraftsEndpoint(ApiView):
    """Pairs that wait for an order."""

    tag = "pairs"

    @operation(
        _("Пары без приказа"),
        needs=("pairs.view",),
        answer=shapes.PairAnswer,
        pages=("pk",),
        viewed="pairs.drafts_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Pair]:
        """Return the drafts that the actor sees."""
        return shown(selectors.drafts(actor))


class LeaversPairsEndpoint(ApiView):
    """Pairs that run on though one of the two has left."""

    tag = "pairs"

    @operation(
        _("Пары ушедших"),
        needs=("pairs.edit",),
        description=_("С предложенным последним днём."),
        answer=shapes.LeaversPairAnswer,
        pages=("pk",),
        shows=leavers.proposed,
        viewed="pairs.leavers_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Pair]:
        """Return them."""
        return leavers.every_pair_of_leavers(actor)

    @operation(_("Завершить пары ушедших"), needs=("pairs.edit",), body=shapes.LeaversBody, answer=shapes.EndedPairs)
    def post(self, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """End the chosen ones, each on its proposed day."""
        done = leavers.end_pairs_of_leavers(actor=actor, pair_ids=body["pairs"], reason=body["reason"])
        return {"ended": done.ended, "substitutes": [pair.pk for pair in done.ended_with]}


class OwnPairsEndpoint(ApiView):
    """One's own participation."""

    tag = "pairs"

    @operation(
        _("Своё участие и участие своих детей"),
        needs=("participation.view",),
        answer=shapes.OwnPairAnswer,
        pages=("pk",),
        viewed="pairs.own_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Pair]:
        """Return the pairs of the actor himself and of his children."""
        return selectors.with_state(selectors.own_pairs(actor).select_related("mentor", "mentee"), timezone.localdate())


class OrdersEndpoint(ApiView):
    """Orders."""

    tag = "orders"

    @operation(_("Приказы"), needs=("orders.view",), answer=shapes.OrderAnswer, pages=("pk",))
    def get(self, actor: Actor) -> QuerySet[Order]:
        """Return the school's orders; no names here."""
        return selectors.orders_visible_to(actor)


class OrderEndpoint(ApiView):
    """One order."""

    tag = "orders"

    @operation(_("Приказ"), needs=("orders.view",), answer=shapes.OrderCard)
    def get(self, actor: Actor, order_id: UUID) -> Order:
        """Return it and record that it was seen."""
        order = selectors.order_for(actor=actor, order_id=order_id)
        record(actor=actor, action="orders.order_viewed", object_type="pairs.order", object_id=order.pk)
        return order

    @operation(
        _("Исправить номер и дату приказа"),
        needs=("orders.record_signed", "orders.approve"),
        body=shapes.OrderChange,
        answer=shapes.OrderCard,
    )
    def put(self, actor: Actor, order_id: UUID, body: dict[str, Any]) -> Order:
        """Correct an order; its pairs follow."""
        return orders.correct_order(actor=actor, order_id=order_id, seen=body.pop("version"), **body)


class OrderCancellationEndpoint(ApiView):
    """An order signed by mistake."""

    tag = "orders"

    @operation(
        _("Отменить приказ новым приказом"),
        needs=("orders.record_signed", "orders.approve"),
        description=_("Пары отменённого приказа снова ждут приказа; что действовало до даты отмены, остаётся."),
        body=shapes.OrderBody,
        answer=shapes.OrderAnswer,
        status=201,
    )
    def post(self, actor: Actor, order_id: UUID, body: dict[str, Any]) -> Order:
        """Cancel it and return the new order."""
        return cancel_order(actor=actor, order_id=order_id, **body)


class OrderPairsEndpoint(ApiView):
    """The pairs of an order."""

    tag = "orders"

    @operation(
        _("Пары приказа"),
        needs=("orders.view",),
        answer=shapes.PairAnswer,
        pages=("pk",),
        viewed="orders.order_viewed",
    )
    def get(self, actor: Actor, order_id: UUID) -> QuerySet[Pair]:
        """Return those of its pairs that the actor sees."""
        order = selectors.order_for(actor=actor, order_id=order_id)
        return shown(selectors.pairs_visible_to(actor).filter(order=order))


class OrderChangesEndpoint(ApiView):
    """Ended pairs whose end no order has put on paper."""

    tag = "orders"

    @operation(
        _("Изменения, которых ещё нет в приказе"),
        description=_("Пары, которые завершены за последний год; новый наставник ждёт приказа среди пар без приказа."),
        needs=("orders.approve", "orders.record_signed"),
        answer=shapes.PairAnswer,
        pages=("pk",),
        viewed="pairs.drafts_viewed",
    )
    def get(self, actor: Actor) -> QuerySet[Pair]:
        """Return those that the actor sees."""
        return shown(selectors.endings_to_order(actor))


class OrderApprovalEndpoint(ApiView):
    """The director's approval."""

    tag = "orders"

    @operation(
        _("Утвердить пары приказом"),
        needs=("orders.approve",),
        body=shapes.PairsOrderBody,
        answer=shapes.OrderAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Order:
        """Approve drafts by the director's order, in one act."""
        return orders.approve_pairs(
            actor=actor,
            pair_ids=body["pairs"],
            ending_ids=body["endings"],
            number=body["number"],
            signed_on=body["signed_on"],
        )


class OrderSignedEndpoint(ApiView):
    """An order signed on paper."""

    tag = "orders"

    @operation(
        _("Внести приказ, подписанный на бумаге"),
        needs=("orders.record_signed",),
        body=shapes.PairsOrderBody,
        answer=shapes.OrderAnswer,
        status=201,
    )
    def post(self, actor: Actor, body: dict[str, Any]) -> Order:
        """Record it; it is no approval."""
        return orders.record_signed_order(
            actor=actor,
            pair_ids=body["pairs"],
            ending_ids=body["endings"],
            number=body["number"],
            signed_on=body["signed_on"],
        )


urlpatterns = [
    path("pairs/", PairsEndpoint.as_view(), name="pairs"),
    path("pairs/drafts/", DraftsEndpoint.as_view(), name="drafts"),
    path("pairs/leavers/", LeaversPairsEndpoint.as_view(), name="pairs-leavers"),
    path("pairs/own/", OwnPairsEndpoint.as_view(), name="own-pairs"),
    path("pairs/<uuid:pair_id>/", PairEndpoint.as_view(), name="pair"),
    path("pairs/<uuid:pair_id>/end/", PairEndEndpoint.as_view(), name="pair-end"),
    path("orders/", OrdersEndpoint.as_view(), name="orders"),
    path("orders/changes/", OrderChangesEndpoint.as_view(), name="orders-changes"),
    path("orders/approve/", OrderApprovalEndpoint.as_view(), name="orders-approve"),
    path("orders/signed/", OrderSignedEndpoint.as_view(), name="orders-signed"),
    path("orders/<uuid:order_id>/", OrderEndpoint.as_view(), name="order"),
    path("orders/<uuid:order_id>/cancel/", OrderCancellationEndpoint.as_view(), name="order-cancel"),
    path("orders/<uuid:order_id>/pairs/", OrderPairsEndpoint.as_view(), name="order-pairs"),
]
