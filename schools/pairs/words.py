"""How pairs and orders are said on screen: a word of the domain and who acts next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from core.ui.components import Status
from schools.pairs.domain import PairState
from schools.pairs.models import Order, Pair
from schools.people.domain import is_adult_on
from tenants.reference.selectors import forms_now


def form_titles() -> dict[str, str]:
    """Return the titles of the region's forms by code, withdrawn ones too: old pairs still name them."""
    return {row.code: row.title for row in forms_now(with_withdrawn=True)}


def status_of(pair: Pair, day: date) -> Status:
    """Return the status of a pair annotated by ``with_state``, whose people are loaded."""
    state = str(getattr(pair, "state", ""))
    if state == PairState.ENDED:
        return Status("none", _("Завершена"))
    if state == PairState.AWAITS_CONSENT:
        missing = [
            person
            for person, has_one, withdrew in (
                (pair.mentor, getattr(pair, "mentor_consents", True), getattr(pair, "mentor_withdrew", False)),
                (pair.mentee, getattr(pair, "mentee_consents", True), getattr(pair, "mentee_withdrew", False)),
            )
            if withdrew or not has_one
        ]
        if any(not is_adult_on(person.birth_date, day) for person in missing):
            return Status("wait", _("Ждёт согласия родителя"))
        return Status("wait", _("Ждёт согласия участника"))
    if state == PairState.AWAITS_ORDER:
        return Status("wait", _("Ждёт приказа"))
    if state == PairState.NOT_YET:
        begins = max(day for day in (pair.starts_on, pair.order and pair.order.signed_on) if day)
        return Status("info", _("Начнётся %(day)s") % {"day": f"{begins:%d.%m.%Y}"})
    return Status("ok", _("Действует"))


def term_of(pair: Pair) -> str:
    """Return the days of a pair: «15.09.2026 – 25.05.2027», or «с 15.09.2026»."""
    if pair.ends_on is None:
        return _("с %(start)s") % {"start": f"{pair.starts_on:%d.%m.%Y}"}
    return f"{pair.starts_on:%d.%m.%Y} – {pair.ends_on:%d.%m.%Y}"


def cancelling_of(order: Order) -> Order | None:
    """Return the order that cancelled this one; from what the selectors loaded."""
    return getattr(order, "cancelled_by", None)


def origin_of(order: Order) -> Status:
    """Return how an order came to be here, or that it is no more."""
    if cancelling_of(order) is not None:
        return Status("stop", _("Отменён"))
    if order.cancels_id is not None:
        return Status("info", _("Отменяет другой приказ"))
    if not order.is_complete:
        return Status("wait", _("Нет номера или даты"))
    if order.approved_at is not None:
        return Status("ok", _("Утверждён директором"))
    return Status("info", _("Внесён с бумаги"))


def with_group(said: str, others: Sequence[Pair]) -> str:
    """Return what is said of an act, with a sentence about the other pairs of the group to which it was done."""
    return f"{said} {_('То же сделано с другими парами группы: %(n)s.') % {'n': len(others)}}" if others else said
