"""An end that is taken back goes into no order; one that moves after its order goes into the next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from schools.pairs.leavers import end_pairs_of_leavers
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Pair
from schools.pairs.orders import approve_pairs
from schools.pairs.selectors import endings_to_order
from schools.pairs.services import discard_draft, edit_pair, end_pair
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person

LAST = date(2027, 5, 25)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


def teacher(name: str = "Учителев Олег") -> Any:
    return make_person(name, date(1980, 1, 1), kinds=("teacher",))


def ordered() -> Pair:
    made: Pair = make_pair(teacher(), make_person("Ученик Пётр"), order=make_order(), ends_on=LAST)
    return made


def with_days(actor: Any, pair: Pair, ends_on: date, starts_on: date | None = None) -> tuple[str, str]:
    edited = edit_pair(actor=actor, pair_id=pair.pk, starts_on=starts_on or pair.starts_on, ends_on=ends_on)
    return edited.end_code, edited.end_reason


def to_order(actor: Any) -> list[Any]:
    return list(endings_to_order(actor).values_list("pk", flat=True))


def test_a_change_of_mentor_taken_back(director: Any):
    pair = ordered()
    data = NewMentor(mentor_id=teacher("Новикова Нина").pk, starts_on=TODAY)
    made = change_mentor(actor=director, pair_id=pair.pk, data=data)
    assert to_order(director) == [pair.pk]
    discard_draft(actor=director, pair_id=made.pk)
    assert with_days(director, pair, LAST) == ("", "")
    assert to_order(director) == []


def test_a_reason_stays_as_long_as_the_pair_ends(director: Any):
    pair = ordered()
    end_pair(actor=director, pair_id=pair.pk, ends_on=date(2026, 12, 20), code="completed")
    kept = ("completed", "Программа завершена")
    # Another first day; an earlier last day; a later one that is over all the same.
    assert with_days(director, pair, date(2026, 12, 20), date(2026, 9, 16)) == kept
    assert with_days(director, pair, TODAY - timedelta(days=3)) == kept
    assert with_days(director, pair, YESTERDAY) == kept
    assert to_order(director) == [pair.pk]
    assert with_days(director, pair, TODAY + timedelta(days=1)) == ("", "")


@pytest.mark.parametrize("how", ["mentor", "leaver"])
def test_an_end_on_paper_that_comes_earlier_goes_on_the_next(director: Any, how: str):
    pair = ordered()
    end_pair(actor=director, pair_id=pair.pk, ends_on=date(2026, 12, 20), code="completed")
    approve_pairs(actor=director, pair_ids=[], ending_ids=[pair.pk], number="90", signed_on=YESTERDAY)
    assert to_order(director) == []
    if how == "mentor":
        data = NewMentor(mentor_id=teacher("Новикова Нина").pk, starts_on=TODAY)
        change_mentor(actor=director, pair_id=pair.pk, data=data)
    else:
        pair.mentee.enrolments.update(left_on=TODAY)
        end_pairs_of_leavers(actor=director, pair_ids=[pair.pk], reason="Выбыл из школы")
    assert to_order(director) == [pair.pk]
