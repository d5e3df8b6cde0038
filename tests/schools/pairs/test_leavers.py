"""Pairs of those who left: who is listed with which last day, to whom, and what ending them changes."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.authz import RefusedError
from core.tenancy import school
from core.ui.pagination import paginate
from schools.pairs import leavers, leavers_views
from schools.pairs.leavers import end_pairs_of_leavers, every_pair_of_leavers, proposed
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, PersonKind
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

LEFT = date(2026, 11, 1)


@pytest.fixture
def director(inside: None) -> Any:
    return actor_with("director")


def teacher(name: str = "Учителев Олег", **more: Any) -> Any:
    return make_person(name, date(1980, 1, 1), kinds=("teacher",), **more)


def test_who_is_listed_and_with_which_day(director: Any) -> None:
    mentor, gone = teacher(), make_person("Ушедший Пётр", left=LEFT)
    runs_on = make_pair(mentor, gone, order=make_order())
    draft = make_pair(mentor, make_person("Черновой Чук", left=date(2026, 10, 1)))
    by_mentor = make_pair(teacher("Бывшева Анна", left=date(2026, 10, 5)), make_person("Здешний Зот"))
    both = make_pair(teacher("Ушла Уля", left=date(2026, 10, 9)), make_person("Ушёл Ян", left=LEFT), ends_on=LEFT)
    # None of these: over by then, begun after, never enrolled, gone and back, gone as a pupil and here as a teacher.
    make_pair(mentor, make_person("Прежний Прохор", left=LEFT), ends_on=date(2026, 10, 31))
    later = make_person("Наставник Нил", date(2008, 1, 1), left=LEFT)
    PersonKind.objects.create(person=later, kind="alumnus")
    make_pair(later, make_person("Новый Ной"), starts_on=LEFT)
    make_pair(make_person("Внешний Вадим", date(1970, 1, 1), kinds=("enterprise",)), make_person("Пятый Пров"))
    back = make_person("Вернулся Влас", left=LEFT)
    Enrolment.objects.create(person=back, kind="pupil", admitted_on=date(2026, 11, 15))
    make_pair(mentor, back)
    found = {
        row.pair.pk: (row.ends_on, row.has_mentor_left, row.has_mentee_left)
        for row in proposed(every_pair_of_leavers(director))
    }
    assert found == {
        runs_on.pk: (date(2026, 10, 31), False, True),
        draft.pk: (date(2026, 9, 30), False, True),
        by_mentor.pk: (date(2026, 10, 4), True, False),
        both.pk: (date(2026, 10, 8), True, True),
    }
    with CaptureQueriesContext(connection) as queries:
        proposed(every_pair_of_leavers(director))
    assert len(queries) == 1


def test_the_end_of_each_is_announced(director: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, Any]] = []
    monkeypatch.setattr(leavers, "announce", lambda name, data: told.append((name, data)))
    pair = make_pair(teacher(), make_person("Ушедший Пётр", left=LEFT))
    end_pairs_of_leavers(actor=director, pair_ids=[pair.pk], reason="Выбыл")
    assert told == [("pair.ended", {"pair": pair.pk, "ends_on": date(2026, 10, 31)})]


def test_a_curator_ends_those_of_his_forms_and_others_none(director: Any) -> None:
    gone = make_person("Ушедший Пётр", left=LEFT)
    own, foreign = make_pair(teacher(), gone), make_pair(make_person("Старший Ян"), gone, form="pupil-pupil")
    curator = actor_with("curator", "teacher-pupil")
    assert [row.pair.pk for row in proposed(every_pair_of_leavers(curator))] == [own.pk]
    with pytest.raises(FaultyActError) as refusal:
        end_pairs_of_leavers(actor=curator, pair_ids=[own.pk, foreign.pk], reason="Выбыл")
    assert refusal.value.faults[0].code == "stale"
    for role in ("class_teacher", "psychologist", "mentor"):
        with pytest.raises(RefusedError):
            end_pairs_of_leavers(actor=actor_with(role), pair_ids=[own.pk], reason="Выбыл")
    assert not Pair.objects.filter(ends_on__isnull=False, mentee=gone).exists()
    assert end_pairs_of_leavers(actor=curator, pair_ids=[own.pk], reason=" Выбыл  из школы ").ended == 1
    ended = Pair.objects.get(pk=own.pk)
    assert (ended.ends_on, ended.end_reason) == (date(2026, 10, 31), "Выбыл из школы")


@pytest.mark.parametrize(("pairs", "reason", "code"), [(0, "Выбыл", "no_pairs"), (1, " ", "no_reason")])
def test_nothing_chosen_or_no_reason_is_refused(director: Any, pairs: int, reason: str, code: str) -> None:
    pair = make_pair(teacher(), make_person("Ушедший Пётр", left=LEFT))
    with pytest.raises(FaultyActError) as refusal:
        end_pairs_of_leavers(actor=director, pair_ids=[pair.pk][:pairs], reason=reason)
    assert [fault.code for fault in refusal.value.faults] == [code]
    assert Pair.objects.get(pk=pair.pk).ends_on is None


def test_the_list_comes_in_pages_and_only_the_page_that_is_read_is_ended(
    client_at: Callable[[str], Client], db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leavers_views, "paginate", partial(paginate, per_page=1))
    with school(SCHOOL_A.schema):
        pairs = [make_pair(teacher(), make_person(f"Ушедш{end} Ян", left=LEFT)) for end in "аб"]
    director = sign_in(client_at, SCHOOL_A, "director")
    page = director.get("/pairs/leavers/?page=2")
    assert page.context["marked"] == [str(pairs[1].pk)]
    assert "отмеченные на этой странице" in page.content.decode()
    answer = director.post("/pairs/leavers/?page=2", {"pairs": [pairs[1].pk], "reason": "Выбыл"})
    assert (answer.status_code, answer["Location"]) == (302, "/pairs/leavers/?page=2")
    assert director.get(answer["Location"]).context["marked"] == [str(pairs[0].pk)]
