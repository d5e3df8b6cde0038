"""Writes about orders: what the director signs is what changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor, enforce
from core.events.catalogue import announce
from core.text import number_key
from schools.pairs import policies
from schools.pairs.domain import EndCode
from schools.pairs.models import Order, Pair
from schools.pairs.on_paper import note_corrected, note_signed
from schools.pairs.own_child import faults_of_own_children
from schools.pairs.selectors import changes_mentor, endings_to_order, pairs_visible_to
from schools.people.editions import Acts, in_words, refuse_overtaken
from schools.people.errors import Fault, FaultyActError
from schools.people.registers import hold_registers


def approve_pairs(
    *,
    actor: Actor,
    pair_ids: Collection[UUID],
    number: str,
    signed_on: date | None,
    ending_ids: Collection[UUID] = (),
) -> Order:
    """Approve draft pairs by the director's order: from its date they are effective. One act for all of them.

    ``ending_ids`` are pairs that have ended and whose end the order puts on paper; they ended by their last day. A
    draft with another mentor brings the end of the pair whose place it takes.

    Number and date are typed by people; only their absence is refused. An order of the same number and date is the
    same order: the pairs join it, and with what it holds from paper it is the director's from now on.

    :raises FaultyActError: number or date is missing, nothing is chosen, one of the pairs has an order already, a
        mentor is the mentee's representative, or the order exists and changes pairs: then its text is whole.
    :raises RefusedError: when the actor is not the director.
    """
    enforce(policies.may_approve_pairs(actor))
    return _put_under_order(actor, pair_ids, ending_ids, number, signed_on, is_approval=True)


def record_signed_order(
    *,
    actor: Actor,
    pair_ids: Collection[UUID],
    number: str,
    signed_on: date | None,
    ending_ids: Collection[UUID] = (),
) -> Order:
    """Record an order the director has signed on paper, as an import does; it makes its pairs effective all the same.

    :raises FaultyActError: as :func:`approve_pairs`, and when the director has approved this order here: what he
        approved grows by his own act only.
    :raises RefusedError: when the actor may not record orders.
    """
    enforce(policies.may_record_signed_order(actor))
    return _put_under_order(actor, pair_ids, ending_ids, number, signed_on, is_approval=False)


def order_values(order: Order) -> dict[str, Any]:
    """Return what is typed of an order that is there."""
    return {"number": order.number, "signed_on": order.signed_on}


def correct_order(
    *, actor: Actor, order_id: UUID, number: str, signed_on: date | None, seen: str | None = None
) -> Order:
    """Correct the number and the date of an order; its pairs follow.

    ``seen`` is the edition of :func:`order_values` that was read: what somebody else has corrected since stays.

    :raises FaultyActError: number or date is missing, another order has both, or somebody else has corrected it since.
    :raises Http404: no such order.
    :raises RefusedError: when the actor may not; what was approved here only the director corrects.
    """
    number = clean_number(number)
    with transaction.atomic():
        order = hold_order(actor, order_id)
        faults = faults_of_requisites(number, signed_on)
        if not faults and order_of(number, signed_on) not in (None, order):
            faults.append(Fault("taken", _("Приказ с этим номером и датой уже есть."), "number"))
        is_moved = order.signed_on != signed_on
        if is_moved and (order.cancels_id is not None or Order.objects.filter(cancels=order).exists()):
            sentence = _("Этот приказ отменён или отменяет другой: по его дате разделены пары. Исправить можно номер.")
            faults.append(Fault("cancelled", sentence, "signed_on"))
        if faults:
            raise FaultyActError(*faults)
        _refuse_overtaken(order, seen, {"number": number, "signed_on": signed_on})
        was = {"number": order.number, "signed_on": str(order.signed_on or "")}
        note = note_corrected if order.is_complete else note_signed
        order.number, order.signed_on = number, signed_on
        order.save(update_fields=["number", "signed_on"])
        note(order)
        record(
            actor=actor,
            action="orders.corrected",
            object_type="pairs.order",
            object_id=order.pk,
            details={"was": was, "now": {"number": number, "signed_on": str(signed_on)}},
        )
    return order


def _refuse_overtaken(order: Order, seen: str | None, typed: Mapping[str, Any]) -> None:
    values = order_values(order)
    words = {name: in_words(value) for name, value in values.items()}
    acts = Acts("pairs.order", order.pk, ["orders.corrected"])
    refuse_overtaken(seen=seen, values=values, typed=typed, words=words, acts=acts)


def hold_order(actor: Actor, order_id: UUID) -> Order:
    """Hold one order, to be corrected or cancelled, until the transaction ends.

    :raises Http404: no such order among those the actor sees.
    :raises RefusedError: when the actor may not; what was approved here only the director changes.
    """
    if not actor.reach("orders.view"):
        raise Http404
    hold_registers()
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise Http404
    enforce(policies.may_correct_order(actor, order))
    return order


def _put_under_order(
    actor: Actor,
    pair_ids: Collection[UUID],
    ending_ids: Collection[UUID],
    number: str,
    signed_on: date | None,
    *,
    is_approval: bool,
) -> Order:
    number = clean_number(number)
    faults = faults_of_requisites(number, signed_on)
    if not pair_ids and not ending_ids:
        faults.append(Fault("no_pairs", _("Отметьте хотя бы одну пару."), "pairs"))
    if faults:
        raise FaultyActError(*faults)
    with transaction.atomic():
        hold_registers()
        pairs, ended = _lock_drafts(actor, pair_ids), _lock_endings(actor, ending_ids)
        if is_approval and (own := faults_of_own_children(pairs)):
            raise FaultyActError(*own)
        now = timezone.now()
        order = order_of(number, signed_on)
        if order is None:
            order = Order.objects.create(number=number, signed_on=signed_on, created_at=now)
        else:
            _check_may_grow(order, is_approval=is_approval, by_changes=bool(ended))
        if is_approval and order.approved_at is None:
            order.approved_by, order.approved_at = actor.pk, now
            order.save(update_fields=["approved_by", "approved_at"])
        left_behind = {pair.order_id for pair in pairs if pair.order_id is not None}
        Pair.objects.filter(pk__in=[pair.pk for pair in pairs]).update(order=order)
        closed = {*(pair.pk for pair in ended), *_formers_of(pairs)}
        Pair.objects.filter(pk__in=closed).update(ended_by=order)
        # Orders that an import left without number or date, and that now hold nothing.
        Order.objects.filter(pk__in=left_behind, pairs__isnull=True).delete()
        record(
            actor=actor,
            action="orders.approved" if is_approval else "orders.recorded",
            object_type="pairs.order",
            object_id=order.pk,
            details={
                "pairs": sorted(str(pair.pk) for pair in pairs),
                **({"ended": sorted(map(str, closed))} if closed else {}),
            },
        )
        note_signed(order)
        announce("order.signed", {"order": order.pk, "pairs": [pair.pk for pair in pairs]})
    return order


def _check_may_grow(order: Order, *, is_approval: bool, by_changes: bool) -> None:
    """Refuse what cannot come under an order that is there already.

    :raises FaultyActError: the director approved it, it is cancelled or cancels one, or changes of pairs are in it or
        would come to it: what was signed of them has a text that does not grow.
    """
    if order.approved_at is not None and not is_approval:
        sentence = _("Приказ с этим номером и датой утверждён директором. Добавить к нему пары может только директор.")
        raise FaultyActError.of("approved", sentence, "number")
    if order.cancels_id is not None or Order.objects.filter(cancels=order).exists():
        sentence = _("Приказ с этим номером и датой отменён или сам отменяет другой: пары к нему не добавить.")
        raise FaultyActError.of("cancelled", sentence, "number")
    if by_changes or order.endings.exists() or order.pairs.filter(changes_mentor()).exists():
        sentence = _("Приказ с этим номером и датой уже внесён, а изменения пар дополнить нельзя. Нужен новый приказ.")
        raise FaultyActError.of("has_changes", sentence, "number")


def _lock_endings(actor: Actor, pair_ids: Collection[UUID]) -> list[Pair]:
    """Hold the pairs whose end goes on paper, in one order for everybody.

    :raises FaultyActError: one of them has not ended, or another order has put its end on paper meanwhile.
    """
    if not pair_ids:
        return []
    held = Pair.objects.filter(pk__in=pair_ids).order_by("pk").select_for_update(of=("self",))
    list(held.values_list("pk"))
    found = list(endings_to_order(actor).filter(pk__in=pair_ids).order_by("pk"))
    if len(found) != len(set(pair_ids)):
        sentence = _("Список изменений другой: часть из них уже в приказе. Проверьте отметки.")
        raise FaultyActError.of("stale", sentence, "endings")
    return found


def _formers_of(pairs: Collection[Pair]) -> list[UUID]:
    """Return the pairs that ended for these: their mentors were changed, and no order has said so yet."""
    rows = Pair.objects.filter(
        pk__in=[pair.replaces_id for pair in pairs if pair.replaces_id is not None],
        end_code=EndCode.MENTOR_CHANGED,
        ended_by__isnull=True,
    )
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _lock_drafts(actor: Actor, pair_ids: Collection[UUID]) -> list[Pair]:
    """Hold the chosen pairs, in one order for everybody.

    :raises FaultyActError: one of them is gone, or somebody has put it under an order meanwhile.
    """
    rows = pairs_visible_to(actor).filter(pk__in=pair_ids).order_by("pk")
    pairs = list(rows.select_for_update(of=("self",)))
    # Not by a join: whoever waited for the lock gets the new pair with the old absence of its order.
    given = Order.objects.filter(pk__in={pair.order_id for pair in pairs if pair.order_id is not None})
    if len(pairs) != len(set(pair_ids)) or any(order.is_complete for order in given):
        sentence = _("Список пар изменился: часть из них уже в приказе или удалена. Проверьте отметки.")
        raise FaultyActError.of("stale", sentence, "pairs")
    return pairs


def order_of(number: str, signed_on: date | None) -> Order | None:
    """Return the order of this number, however it is spelt, and this date; the spelling itself comes first."""
    same_day = list(Order.objects.filter(signed_on=signed_on).order_by("created_at", "pk"))
    spelt = next((order for order in same_day if order.number == number), None)
    key = number_key(number)
    return spelt or next((order for order in same_day if number_key(order.number) == key), None)


def clean_number(number: str) -> str:
    """Return the number of an order as it is stored: without «№», in single spaces, at most 60 characters."""
    return " ".join(number.strip().removeprefix("№").split())[:60]


def faults_of_requisites(number: str, signed_on: date | None) -> list[Fault]:
    """Return what an order cannot do without."""
    faults = []
    if not number:
        faults.append(Fault("no_number", _("Напишите номер приказа, как в журнале."), "number"))
    if signed_on is None:
        faults.append(Fault("no_date", _("Укажите дату приказа."), "signed_on"))
    return faults
