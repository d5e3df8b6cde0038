"""An order signed by mistake is cancelled by a new one: history stays, pairs are drafts again from its date."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client

from core.audit.models import AuditRecord
from core.authz import RefusedError, system_actor
from core.spreadsheets import Column, Table, write_workbook
from core.tenancy import school
from schools.imports.applying import import_at_once
from schools.imports.models import ImportRow
from schools.imports.services import Upload
from schools.pairs.cancelling import cancel_order
from schools.pairs.models import Order, Pair
from schools.pairs.orders import approve_pairs, correct_order
from schools.pairs.selectors import drafts
from schools.pairs.services import edit_pair, end_pair
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

SIGNED, CANCELLED = date(2026, 9, 10), date(2026, 11, 5)
MENTOR_BORN, MENTEE_BORN = date(1980, 1, 1), date(2012, 5, 5)


@pytest.fixture
def order(inside: None) -> Order:
    """Make an order with a pair in force, one that begins later, and one that has ended."""
    made: Order = make_order("84", SIGNED)
    mentor = make_person("Учителев Олег", MENTOR_BORN, kinds=("teacher",))
    for name, fields in (
        # Its end is known beforehand, and why.
        ("Первый Иван", {"ends_on": date(2027, 5, 25), "end_reason": "Цели достигнуты", "end_code": "completed"}),
        ("Второй Иван", {"starts_on": date(2026, 12, 1)}),
        ("Третий Иван", {"ends_on": date(2026, 10, 1)}),
    ):
        make_pair(mentor, make_person(name, MENTEE_BORN), order=made, **fields)
    return made


def pairs_of(surname: str) -> list[tuple[Any, ...]]:
    rows = Pair.objects.filter(mentee__surname=surname).order_by("starts_on")
    return [(row.starts_on, row.ends_on, row.order and row.order.number) for row in rows]


def engaged_on(day: date) -> int:
    """Count the mentees in force on a day as the fact view, which the region reads, has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT person) FROM coverage_engagement e JOIN people_person p ON p.id = e.person "
            "WHERE role = 'mentee' AND p.name = 'Иван' AND ordered_on <= %(day)s AND from_date <= %(day)s "
            "AND (to_date IS NULL OR to_date >= %(day)s)",
            {"day": day},
        )
        (count,) = cursor.fetchone()
    return int(count)


def test_history_stays_and_pairs_are_drafts_from_the_day(order: Order) -> None:
    days = (SIGNED, date(2026, 9, 20), date(2026, 11, 4), CANCELLED, date(2026, 12, 2))
    before = [engaged_on(day) for day in days]
    cancelling = cancel_order(actor=actor_with("director"), order_id=order.pk, number="№ 97", signed_on=CANCELLED)
    assert [engaged_on(day) for day in days] == [*before[:3], 0, 0]
    assert before == [0, 2, 1, 1, 2]
    assert pairs_of("Первый") == [
        (date(2026, 9, 15), date(2026, 11, 4), "84"),
        (CANCELLED, date(2027, 5, 25), None),
    ]
    assert pairs_of("Второй") == [(date(2026, 12, 1), None, None)]
    assert pairs_of("Третий") == [(date(2026, 9, 15), date(2026, 10, 1), "84")]
    old, new = Pair.objects.filter(mentee__surname="Первый").order_by("starts_on")
    assert (new.replaces_id, old.end_reason) == (old.pk, "Приказ отменён приказом № 97 от 05.11.2026")
    assert old.end_code == "other"
    assert (cancelling.cancels_id, cancelling.approved_at is None) == (order.pk, False)
    assert {row.mentee.surname for row in drafts(actor_with("director"))} == {"Первый", "Второй"}
    audit = AuditRecord.objects.get(action="orders.cancelled")
    assert audit.object_id == str(order.pk)
    assert (audit.details["by"], audit.details["ended"]) == (str(cancelling.pk), [str(old.pk)])


def test_a_new_order_makes_them_effective_again(order: Order) -> None:
    director = actor_with("director")
    cancel_order(actor=director, order_id=order.pk, number="97", signed_on=CANCELLED)
    waiting = [row.pk for row in drafts(director)]
    for number, day in (("84", SIGNED), ("97", CANCELLED)):
        with pytest.raises(FaultyActError):
            approve_pairs(actor=director, pair_ids=waiting, number=number, signed_on=day)
    approve_pairs(actor=director, pair_ids=waiting, number="98", signed_on=date(2026, 11, 20))
    assert (engaged_on(date(2026, 11, 10)), engaged_on(date(2026, 11, 20)), engaged_on(date(2026, 12, 1))) == (0, 1, 2)


@pytest.mark.parametrize(
    ("number", "signed_on", "code"),
    [
        ("", CANCELLED, "no_number"),
        ("97", None, "no_date"),
        ("97", date(2026, 9, 9), "before_order"),
        ("84", SIGNED, "taken"),
    ],
)
def test_what_cannot_cancel(order: Order, number: str, signed_on: date | None, code: str) -> None:
    before = pairs_of("Первый")
    with pytest.raises(FaultyActError) as refusal:
        cancel_order(actor=actor_with("director"), order_id=order.pk, number=number, signed_on=signed_on)
    assert [fault.code for fault in refusal.value.faults] == [code]
    assert pairs_of("Первый") == before
    assert Order.objects.filter(cancels__isnull=False).count() == 0


def test_an_order_is_cancelled_once_and_no_cancelling_one_is(order: Order) -> None:
    director = actor_with("director")
    cancelling = cancel_order(actor=director, order_id=order.pk, number="97", signed_on=CANCELLED)
    for other in (order, cancelling, make_order("5", None)):
        with pytest.raises(FaultyActError):
            cancel_order(actor=director, order_id=other.pk, number="99", signed_on=CANCELLED)
    for other in (order, cancelling):
        with pytest.raises(FaultyActError):
            correct_order(actor=director, order_id=other.pk, number="1", signed_on=date(2026, 9, 1))
    corrected = correct_order(actor=director, order_id=cancelling.pk, number="97-а", signed_on=CANCELLED)
    assert corrected.number == "97-а"
    details = AuditRecord.objects.get(action="orders.corrected").details
    assert details == {
        "was": {"number": "97", "signed_on": "2026-11-05"},
        "now": {"number": "97-а", "signed_on": "2026-11-05"},
    }


def test_only_the_director_cancels_what_was_approved_here(order: Order) -> None:
    coordinator = actor_with("coordinator")
    Order.objects.filter(pk=order.pk).update(approved_at=order.created_at)
    for actor, refusal in ((coordinator, RefusedError), (actor_with("mentor"), Http404)):
        with pytest.raises(refusal):
            cancel_order(actor=actor, order_id=order.pk, number="97", signed_on=CANCELLED)
    Order.objects.filter(pk=order.pk).update(approved_at=None)
    assert cancel_order(actor=coordinator, order_id=order.pk, number="97", signed_on=CANCELLED).approved_at is None


def test_a_cancelled_order_puts_nobody_back_into_force(order: Order) -> None:
    director = actor_with("director")
    cancel_order(actor=director, order_id=order.pk, number="97", signed_on=CANCELLED)
    old = Pair.objects.get(mentee__surname="Первый", order=order)
    for ends_on in (None, CANCELLED):
        with pytest.raises(FaultyActError):
            edit_pair(actor=director, pair_id=old.pk, starts_on=old.starts_on, ends_on=ends_on)
    with pytest.raises(FaultyActError):
        end_pair(actor=director, pair_id=old.pk, ends_on=CANCELLED, reason="поздно")

    heads = ["ФИО наставника", "Дата рождения наставника", "ФИО наставляемого", "Дата рождения наставляемого",
             "Форма", "Дата начала", "Дата завершения", "№ приказа", "Дата приказа"]  # fmt: skip
    rows = [
        ["Учителев Олег", "01.01.1980", f"{name} Иван", "05.05.2012", "учитель – ученик", day, "", "84", "10.09.2026"]
        for name, day in (("Первый", "15.09.2026"), ("Второй", "01.12.2026"), ("Второй", "02.12.2026"))
    ]
    table = Table("Пары", [Column(head) for head in heads], rows)
    import_at_once(actor=system_actor("test"), uploads=[Upload("пары.xlsx", write_workbook([table]))])
    assert engaged_on(date(2026, 12, 5)) == 0
    assert Pair.objects.get(mentee__surname="Второй", starts_on=date(2026, 12, 2)).order is None
    codes = ImportRow.objects.exclude(code="no_consent").values_list("code", flat=True)
    assert list(codes) == ["order_cancelled"] * 3


@pytest.mark.django_db
def test_the_pages(client_at: Callable[..., Client]) -> None:
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        made = make_order("84", SIGNED)
        make_pair(make_person("Учителев Олег", MENTOR_BORN, kinds=("teacher",)), make_person(), order=made)
    assert "Отменить новым приказом" in client.get(f"/orders/{made.pk}/").content.decode()
    address = f"/orders/{made.pk}/cancel/"
    assert "1 пара" in client.get(address).content.decode()
    early = client.post(address, {"number": "97", "signed_on": "2026-09-01"}).content.decode()
    assert "не раньше его даты, 10.09.2026" in early
    done = client.post(address, {"number": "97", "signed_on": "2026-11-05"}, follow=True).content.decode()
    assert "Отменён приказом" in done
    assert "Отменить новым приказом" not in done
    assert "Отменяет другой приказ" in client.get("/orders/").content.decode()
