"""Cancelling an order that was signed by mistake: by a new order, with the history kept."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.services import record
from core.authz import Actor
from core.events.catalogue import announce
from schools.pairs import policies
from schools.pairs.beside import hand_over
from schools.pairs.domain import EndCode
from schools.pairs.models import Order, Pair
from schools.pairs.on_paper import note_ending, note_signed
from schools.pairs.orders import clean_number, faults_of_requisites, hold_order, order_of
from schools.pairs.substitutes import end_substitutes, ids_of_substitutes
from schools.people.errors import Fault, FaultyActError


def cancel_order(*, actor: Actor, order_id: UUID, number: str, signed_on: date | None) -> Order:
    """Cancel an order by a new one; return the new one.

    From the new order's date its pairs are drafts again. What was in force before that day stays as it was: such a
    pair ends the day before, and a draft that replaces it begins on the day, with its plan and what was planned. A pair
    that had not come into force by then only loses its order. Substitutes of these pairs end with them, whatever order
    they are under: nobody stands in for a draft's mentor. ``ended_with`` of the order returned says whose pairs did.

    :raises FaultyActError: number or date is missing or taken, the date is before that of the cancelled order, or the
        order has no number or date, is cancelled already, or itself cancels one.
    :raises Http404: no such order.
    :raises RefusedError: when the actor may not; what was approved here only the director cancels.
    """
    number = clean_number(number)
    with transaction.atomic():
        order = hold_order(actor, order_id)
        faults = _faults(order, number, signed_on)
        if faults or signed_on is None:
            raise FaultyActError(*faults)
        note_ending(order)
        now = timezone.now()
        is_director = bool(policies.may_approve_pairs(actor))
        cancelling = Order.objects.create(
            number=number,
            signed_on=signed_on,
            cancels=order,
            created_at=now,
            approved_by=actor.pk if is_director else None,
            approved_at=now if is_director else None,
        )
        done = _make_drafts_again(order, cancelling, signed_on)
        note_signed(cancelling)
        record(
            actor=actor,
            action="orders.cancelled",
            object_type="pairs.order",
            object_id=order.pk,
            details={"by": str(cancelling.pk), **done},
        )
        announce("order.cancelled", {"order": order.pk, "cancelled_by": cancelling.pk})
    return cancelling


def faults_of_cancelled_order(pair: Pair, ends_on: date | None) -> list[Fault]:
    """Refuse days by which a pair would be in force again under an order that was cancelled."""
    cancelling = Order.objects.filter(cancels__pairs=pair).first()
    if cancelling is None or cancelling.signed_on is None or (ends_on is not None and ends_on < cancelling.signed_on):
        return []
    sentence = _("Приказ этой пары отменён: последний день должен быть раньше %(day)s.")
    return [Fault("order_cancelled", sentence % {"day": f"{cancelling.signed_on:%d.%m.%Y}"}, "ends_on")]


def _faults(order: Order, number: str, signed_on: date | None) -> list[Fault]:
    faults = faults_of_requisites(number, signed_on)
    if not order.is_complete or order.signed_on is None:
        faults.append(Fault("incomplete", _("У этого приказа нет номера или даты: он ничего не утверждает.")))
    elif order.cancels_id is not None:
        faults.append(Fault("cancels", _("Этот приказ сам отменяет другой. Утвердите пары новым приказом.")))
    elif Order.objects.filter(cancels=order).exists():
        faults.append(Fault("cancelled", _("Этот приказ уже отменён.")))
    elif signed_on is not None and signed_on < order.signed_on:
        sentence = _("Отменить приказ можно не раньше его даты, %(day)s.")
        faults.append(Fault("before_order", sentence % {"day": f"{order.signed_on:%d.%m.%Y}"}, "signed_on"))
    if not faults and order_of(number, signed_on) is not None:
        faults.append(Fault("taken", _("Приказ с этим номером и датой уже есть."), "number"))
    return faults


def _make_drafts_again(order: Order, cancelling: Order, day: date) -> dict[str, list[str]]:
    """Make the pairs of a cancelled order drafts from the day; return the ids of each sort of them."""
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    pairs = list(Pair.objects.filter(still, order=order).order_by("pk").select_for_update(of=("self",)))
    was_in_force = order.signed_on is not None and order.signed_on < day
    ended = [pair for pair in pairs if was_in_force and pair.starts_on < day]
    released = [pair for pair in pairs if pair not in ended]
    Pair.objects.filter(pk__in=[pair.pk for pair in released]).update(order=None)
    with_them = end_substitutes({pair.pk: day - timedelta(days=1) for pair in pairs})
    ended, released = ([pair for pair in rows if pair not in with_them] for rows in (ended, released))
    drafts = {pair.pk: _draft_from(pair, cancelling, day) for pair in ended}
    reason = _("Приказ отменён приказом %(order)s") % {"order": cancelling}
    for pair in ended:
        pair.ends_on, pair.end_reason, pair.end_code = day - timedelta(days=1), reason[:200], EndCode.OTHER
        # What another order says of its end is a later day.
        pair.ended_by = None
    Pair.objects.bulk_update(ended, ["ends_on", "end_reason", "end_code", "ended_by"])
    # The same two may have a pair that begins on this very day already.
    Pair.objects.bulk_create(drafts.values(), ignore_conflicts=True)
    made = set(Pair.objects.filter(pk__in=[draft.pk for draft in drafts.values()]).values_list("pk", flat=True))
    for pair in ended:
        # Before anybody hears of the end: what was planned goes on with the draft.
        if drafts[pair.pk].pk in made:
            hand_over(pair, drafts[pair.pk])
        announce("pair.ended", {"pair": pair.pk, "ends_on": pair.ends_on})
    # What had ended by the order stays so; on paper it has to stand again.
    Pair.objects.filter(ended_by=order).update(ended_by=None)
    cancelling.ended_with = with_them
    ids = {"ended": [str(pair.pk) for pair in ended], "released": [str(pair.pk) for pair in released]}
    return {**ids, **ids_of_substitutes(with_them)}


def _draft_from(pair: Pair, cancelling: Order, day: date) -> Pair:
    """Return the draft by which a pair of a cancelled order waits for another; a substitute's stands in as he did."""
    stood_in_for = pair.replaces if pair.is_substitute else None
    return Pair(
        mentor_id=pair.mentor_id,
        mentee_id=pair.mentee_id,
        group_id=pair.group_id,
        form_code=pair.form_code,
        role_variant=pair.role_variant,
        starts_on=day,
        ends_on=pair.ends_on,
        replaces=stood_in_for or pair,
        is_substitute=stood_in_for is not None,
        created_at=cancelling.created_at,
    )
