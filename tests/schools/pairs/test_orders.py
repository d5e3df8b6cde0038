"""Approving pairs by order."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.http import Http404

from core.authz import RefusedError
from schools.pairs.models import Order, Pair
from schools.pairs.orders import approve_pairs, correct_order, record_signed_order
from schools.pairs.remarks import remarks_on_requisites
from schools.pairs.selectors import drafts
from schools.people.errors import FaultyActError
from tests.schools.makers import TODAY, actor_with, audited, make_order, make_pair, make_person
from tests.support import world

pytestmark = pytest.mark.usefixtures("inside")
SIGNED = date(2026, 11, 20)


@pytest.fixture
def pairs() -> list[Any]:
    mentor = make_person("Опытный Педагог", date(1980, 1, 1), ("teacher",))
    return [make_pair(mentor, make_person(f"Ученик Имя{number}")) for number in range(3)]


def test_the_director_approves_in_one_act(pairs: list[Any]):
    actor = actor_with("director")
    assert set(drafts(actor)) == set(pairs)
    order = approve_pairs(actor=actor, pair_ids=[pairs[0].pk, pairs[1].pk], number=" №  84-од ", signed_on=SIGNED)
    stored = Order.objects.get(pk=order.pk)
    assert (stored.number, stored.signed_on, stored.approved_by) == ("84-од", SIGNED, actor.pk)
    assert stored.approved_at is not None
    assert set(stored.pairs.all()) == {pairs[0], pairs[1]}
    assert list(drafts(actor)) == [pairs[2]]
    assert audited() == [("orders.approved", str(order.pk))]


@pytest.mark.parametrize("role", ["coordinator", "curator", "class_teacher", "psychologist", "mentor", None])
def test_nobody_else_approves(role: str | None, pairs: list[Any]):
    with pytest.raises(RefusedError, match="«директор»"):
        approve_pairs(actor=actor_with(role, "teacher-pupil"), pair_ids=[pairs[0].pk], number="84-од", signed_on=SIGNED)
    assert Pair.objects.get(pk=pairs[0].pk).order is None
    assert audited() == []


def test_the_coordinator_records_a_paper_order_and_it_is_no_approval(pairs: list[Any]):
    order = record_signed_order(
        actor=actor_with("coordinator"), pair_ids=[pairs[0].pk], number="84-од", signed_on=SIGNED
    )
    assert (order.approved_by, order.approved_at) == (None, None)
    assert Pair.objects.get(pk=pairs[0].pk).order_id == order.pk
    assert audited() == [("orders.recorded", str(order.pk))]
    with pytest.raises(RefusedError):
        record_signed_order(
            actor=actor_with("curator", "teacher-pupil"), pair_ids=[pairs[1].pk], number="1", signed_on=SIGNED
        )


@pytest.mark.parametrize(
    ("number", "signed_on", "with_pairs", "faults"),
    [
        (" ", SIGNED, True, [("no_number", "number")]),
        ("№", SIGNED, True, [("no_number", "number")]),
        ("84", None, True, [("no_date", "signed_on")]),
        ("", None, False, [("no_number", "number"), ("no_date", "signed_on"), ("no_pairs", "pairs")]),
    ],
)
def test_only_what_is_missing_is_refused(pairs, number, signed_on, with_pairs, faults):
    chosen = [pairs[0].pk] if with_pairs else []
    with pytest.raises(FaultyActError) as refusal:
        approve_pairs(actor=actor_with("director"), pair_ids=chosen, number=number, signed_on=signed_on)
    assert [(fault.code, fault.field) for fault in refusal.value.faults] == faults
    assert Order.objects.count() == 1


def test_a_strange_date_is_remarked_upon_and_never_refused(pairs: list[Any]):
    late = date(2027, 1, 1)
    order = approve_pairs(actor=actor_with("director"), pair_ids=[pairs[0].pk], number="84", signed_on=late)
    assert order.signed_on == late
    (remark,) = remarks_on_requisites("84", late, today=TODAY, others=[])
    assert remark.startswith("Проверьте: дата приказа позже сегодняшнего дня.")
    assert remarks_on_requisites("84", date(2025, 1, 1), today=TODAY, others=[]) == [
        "Проверьте год: приказу больше года."
    ]
    (remark,) = remarks_on_requisites("84", SIGNED, today=TODAY, others=[order])
    assert remark == "Проверьте: приказ с таким номером уже есть, но с другой датой."


def test_the_same_number_and_date_is_the_same_order(pairs: list[Any]):
    actor = actor_with("director")
    first = record_signed_order(actor=actor, pair_ids=[pairs[0].pk], number="84-од", signed_on=SIGNED)
    second = approve_pairs(actor=actor, pair_ids=[pairs[1].pk], number="84-од", signed_on=SIGNED)
    assert second.pk == first.pk
    assert (second.approved_by, second.pairs.count()) == (actor.pk, 2)


def test_an_ordered_or_foreign_pair_makes_the_choice_stale(pairs: list[Any]):
    for stranger in (world.PAIR, uuid4()):
        with pytest.raises(FaultyActError) as refusal:
            approve_pairs(actor=actor_with("director"), pair_ids=[pairs[0].pk, stranger], number="84", signed_on=SIGNED)
        assert [fault.code for fault in refusal.value.faults] == ["stale"]
    assert Pair.objects.get(pk=pairs[0].pk).order is None


def test_pairs_of_an_incomplete_order_are_drafts_and_leave_it(pairs: list[Any]):
    incomplete = make_order("84-од", None)
    Pair.objects.filter(pk=pairs[0].pk).update(order=incomplete)
    actor = actor_with("director")
    assert pairs[0] in set(drafts(actor))
    order = approve_pairs(actor=actor, pair_ids=[pairs[0].pk], number="84-од", signed_on=SIGNED)
    assert order.pk != incomplete.pk
    assert not Order.objects.filter(pk=incomplete.pk).exists()


def test_number_and_date_are_corrected_by_who_may(pairs: list[Any]):
    director, coordinator = actor_with("director"), actor_with("coordinator")
    order = approve_pairs(actor=director, pair_ids=[pairs[0].pk], number="84", signed_on=SIGNED)
    with pytest.raises(RefusedError):
        correct_order(actor=coordinator, order_id=order.pk, number="85", signed_on=SIGNED)
    correct_order(actor=director, order_id=order.pk, number="85-од", signed_on=date(2026, 11, 19))
    stored = Order.objects.get(pk=order.pk)
    assert (stored.number, stored.signed_on) == ("85-од", date(2026, 11, 19))
    correct_order(actor=coordinator, order_id=world.ORDER, number="1-од", signed_on=date(2026, 9, 11))
    with pytest.raises(FaultyActError) as refusal:
        correct_order(actor=director, order_id=order.pk, number="1-од", signed_on=date(2026, 9, 11))
    assert [fault.code for fault in refusal.value.faults] == ["taken"]
    with pytest.raises(Http404):
        correct_order(actor=actor_with("class_teacher", "x"), order_id=order.pk, number="1", signed_on=SIGNED)


def test_what_the_director_approved_grows_by_his_own_act_only(pairs: list[Any]):
    director, coordinator = actor_with("director"), actor_with("coordinator")
    order = approve_pairs(actor=director, pair_ids=[pairs[0].pk], number="84-ОД", signed_on=SIGNED)
    for spelling in ("84-ОД", "84 – од"):
        with pytest.raises(FaultyActError) as refusal:
            record_signed_order(actor=coordinator, pair_ids=[pairs[1].pk], number=spelling, signed_on=SIGNED)
        assert [(fault.code, fault.field) for fault in refusal.value.faults] == [("approved", "number")]
    assert set(order.pairs.all()) == {pairs[0]}
    again = approve_pairs(actor=director, pair_ids=[pairs[1].pk], number="84 – од", signed_on=SIGNED)
    assert (again.pk, again.number) == (order.pk, "84-ОД")


def test_another_spelling_of_a_number_is_taken_too(pairs: list[Any]):
    director = actor_with("director")
    approve_pairs(actor=director, pair_ids=[pairs[0].pk], number="84-ОД", signed_on=SIGNED)
    other = approve_pairs(actor=director, pair_ids=[pairs[1].pk], number="85", signed_on=SIGNED)
    with pytest.raises(FaultyActError) as refusal:
        correct_order(actor=director, order_id=other.pk, number="84-од", signed_on=SIGNED)
    assert [fault.code for fault in refusal.value.faults] == ["taken"]
    # An order's own number is corrected to its other spelling.
    assert correct_order(actor=director, order_id=other.pk, number="85-", signed_on=SIGNED).number == "85-"
