"""A substitute's pair ends with the one in which he stands in, however that ends; a replaced pair stays replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from core.tenancy import school
from schools.imports.domain.plan import Change, Plan
from schools.imports.journal import Journal
from schools.imports.writing import write_plan
from schools.pairs.cancelling import cancel_order
from schools.pairs.leavers import end_pairs_of_leavers
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Pair
from schools.pairs.orders import approve_pairs
from schools.pairs.services import discard_draft, edit_pair, end_pair
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment
from schools.rights.holdings.papers import destroy_pairs
from schools.rights.registry import subject_of
from tests.schools.makers import TODAY, actor_with, audited, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

START, LAST, UNTIL = date(2026, 9, 15), date(2026, 11, 19), date(2026, 12, 20)


def teacher(name: str) -> Any:
    return make_person(name, date(1980, 1, 1), kinds=("teacher",))


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


def stood_in(order: Any = None, **fields: Any) -> tuple[Pair, Pair]:
    """Make a pair under an order, and the pair of whoever stands in for its mentor since 1 November."""
    pair = make_pair(teacher("Учителев Олег"), make_person("Ученик Пётр"), order=order or make_order())
    days = {"starts_on": date(2026, 11, 1), "ends_on": UNTIL, **fields}
    substitute = make_pair(
        teacher("Временный Вася"), pair.mentee, order=make_order("90"), replaces=pair, is_substitute=True, **days
    )
    return pair, substitute


def by_end(actor: Any, pair: Pair) -> Any:
    return end_pair(actor=actor, pair_id=pair.pk, ends_on=LAST, code="completed")


def by_edit(actor: Any, pair: Pair) -> Any:
    return edit_pair(actor=actor, pair_id=pair.pk, starts_on=START, ends_on=LAST)


def by_change(actor: Any, pair: Pair) -> Any:
    data = NewMentor(mentor_id=teacher("Новикова Нина").pk, starts_on=LAST + timedelta(days=1))
    return change_mentor(actor=actor, pair_id=pair.pk, data=data)


def by_leaving(actor: Any, pair: Pair) -> Any:
    Enrolment.objects.filter(person=pair.mentor_id).update(left_on=LAST + timedelta(days=1))
    return end_pairs_of_leavers(actor=actor, pair_ids=[pair.pk], reason="Выбыл")


def by_cancelled_order(actor: Any, pair: Pair) -> Any:
    return cancel_order(actor=actor, order_id=pair.order_id, number="97", signed_on=LAST + timedelta(days=1))


def by_destruction(_actor: Any, pair: Pair) -> Any:
    destroy_pairs(subject_of(pair.mentor), LAST)


def by_import(_actor: Any, pair: Pair) -> Any:
    write_plan(Plan(pair_changes=[Change(pair.pk, {"ends_on": LAST})]), pair.created_at, Journal())


WAYS = [by_end, by_edit, by_change, by_leaving, by_cancelled_order, by_destruction, by_import]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_substitute_ends_with_the_pair_and_so_it_is_said(director: Any, way: Callable[[Any, Pair], Any]):
    pair, substitute = stood_in()
    done = way(director, pair)
    substitute.refresh_from_db()
    assert (substitute.ends_on, substitute.end_code) == (LAST, "other")
    assert substitute.end_reason == "Завершена пара, в которой замещали наставника"
    if done is not None:
        assert [each.pk for each in done.ended_with] == [substitute.pk]
    assert not [row for row in audited() if row[1] == str(substitute.pk)]


def test_who_stands_in_for_a_substitute_ends_too_and_who_ended_before_stays(director: Any):
    pair, substitute = stood_in()
    second = make_pair(
        teacher("Второй Вадим"), pair.mentee, replaces=substitute, is_substitute=True, starts_on=date(2026, 11, 10)
    )
    before = make_pair(
        teacher("Прежний Павел"), pair.mentee, replaces=pair, is_substitute=True, starts_on=date(2026, 10, 1),
        ends_on=date(2026, 10, 9), end_reason="Вернулся",
    )  # fmt: skip
    assert {row.pk for row in by_end(director, pair).ended_with} == {substitute.pk, second.pk}
    before.refresh_from_db()
    assert (before.ends_on, before.end_reason) == (date(2026, 10, 9), "Вернулся")


def test_a_substitute_yet_to_begin_does_not(director: Any):
    """A draft goes; what an order made has one day, its first."""
    pair, ordered = stood_in(starts_on=date(2026, 12, 1))
    draft = make_pair(
        teacher("Второй Вадим"), pair.mentee, replaces=pair, is_substitute=True, starts_on=date(2026, 12, 5)
    )
    by_end(director, pair)
    ordered.refresh_from_db()
    assert ordered.ends_on == date(2026, 12, 1)
    assert not Pair.objects.filter(pk=draft.pk).exists()
    assert by_end(director, pair).ended_with == [], "ended once, however often the end is corrected"


def test_of_one_cancelled_order_the_pair_waits_and_its_substitute_does_not(director: Any):
    pair, substitute = stood_in()
    Pair.objects.filter(pk=substitute.pk).update(order=pair.order)
    by_cancelled_order(director, pair)
    assert [row.mentor_id for row in Pair.objects.filter(starts_on=LAST + timedelta(days=1))] == [pair.mentor_id]
    assert Pair.objects.get(pk=substitute.pk).ends_on == LAST


def test_the_substitutes_own_order_cancelled_his_draft_still_stands_in(director: Any):
    pair, substitute = stood_in()
    by_cancelled_order(director, substitute)
    draft = Pair.objects.get(mentor=substitute.mentor, order=None)
    assert (draft.replaces_id, draft.is_substitute, draft.ends_on) == (pair.pk, True, UNTIL)
    by_end(director, pair)
    assert not Pair.objects.filter(pk=draft.pk).exists()


def codes(act: Callable[[], Any]) -> list[str]:
    with pytest.raises(FaultyActError) as refusal:
        act()
    return [fault.code for fault in refusal.value.faults]


@pytest.mark.parametrize("ends_on", [None, LAST + timedelta(days=1)])
def test_a_replaced_pair_is_not_opened_again(director: Any, ends_on: date | None):
    pair, _substitute = stood_in()
    made = by_change(director, pair)
    edit = lambda: edit_pair(actor=director, pair_id=pair.pk, starts_on=START, ends_on=ends_on)  # noqa: E731
    assert codes(edit) == ["replaced"]
    end = lambda: end_pair(actor=director, pair_id=pair.pk, ends_on=TODAY, code="completed")  # noqa: E731
    assert codes(end) == ["replaced"]
    assert edit_pair(actor=director, pair_id=pair.pk, starts_on=START, ends_on=date(2026, 11, 5)).ends_on
    # A change by mistake is undone by deleting its draft.
    discard_draft(actor=director, pair_id=made.pk)
    assert edit().ends_on == ends_on


def test_one_substitute_follows_another_and_neither_outlasts_the_pair(director: Any):
    pair, first = stood_in()
    second = by_change(director, first)
    assert (second.replaces_id, second.is_substitute, second.ends_on) == (pair.pk, True, UNTIL)

    def extend(who: Pair) -> Callable[[], Any]:
        return lambda: edit_pair(actor=director, pair_id=who.pk, starts_on=who.starts_on, ends_on=UNTIL)

    assert codes(extend(first)) == ["replaced"]
    approve_pairs(actor=director, pair_ids=[second.pk], number="95", signed_on=TODAY)
    end_pair(actor=director, pair_id=pair.pk, ends_on=TODAY, code="completed")
    second.refresh_from_db()
    assert second.ends_on == TODAY
    assert codes(extend(second)) == ["beyond"]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_pages_say_so_before_and_after(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        pair, substitute = stood_in()
        name = substitute.mentor.full_name
    assert f"замещающим наставником ({name})" in client.get(f"/pairs/{pair.pk}/end/").content.decode()
    body = {"ends_on": "2026-11-19", "code": "completed"}
    shown = client.post(f"/pairs/{pair.pk}/end/", body, follow=True).content.decode()
    assert f"Завершена и пара с замещающим наставником: {name}." in shown
