"""One act for a whole group: all of its pairs that go on, or none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.http import Http404

from core.tenancy import school
from schools.pairs.group_acts import change_mentor_of_group, edit_group, end_group
from schools.pairs.mentor_change import NewMentor
from schools.pairs.models import Group, Pair
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

LAST = date(2026, 12, 20)


def make_group(names: str = "АБВ", **fields: Any) -> list[Any]:
    """Make a group of a teacher with a pupil for each letter, under one order; drafts when it is None."""
    mentor = make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",))
    known = {"group": Group.objects.create(title=f"Группа: {mentor.full_name}"), **fields}
    if "order" not in known:
        known["order"] = make_order()
    return [make_pair(mentor, make_person(f"Учеников {name}"), **known) for name in names]


def last_days(pairs: list[Any]) -> list[date | None]:
    days = dict(Pair.objects.values_list("pk", "ends_on"))
    return [days[pair.pk] for pair in pairs]


@pytest.mark.usefixtures("inside")
def test_a_group_ends_in_one_act_and_what_ends_earlier_keeps_its_day():
    first, second, early = make_group()
    Pair.objects.filter(pk=early.pk).update(ends_on=date(2026, 12, 1))
    curator = actor_with("curator", "teacher-pupil")
    ended = end_group(actor=curator, pair_id=first.pk, ends_on=LAST, code="completed")
    assert [row.pk for row in ended.with_group] == [second.pk]
    assert last_days([first, second, early]) == [LAST, LAST, date(2026, 12, 1)]
    assert set(Pair.objects.filter(ends_on=LAST).values_list("end_code", flat=True)) == {"completed"}
    with pytest.raises(Http404):
        end_group(actor=actor_with("curator", "pupil-pupil"), pair_id=first.pk, ends_on=LAST, code="completed")


@pytest.mark.usefixtures("inside")
def test_one_pair_that_cannot_end_so_keeps_all_of_them_and_is_named():
    first, _second, late = make_group()
    Pair.objects.filter(pk=late.pk).update(starts_on=date(2027, 1, 11))
    with pytest.raises(FaultyActError) as caught:
        end_group(actor=actor_with("director"), pair_id=first.pk, ends_on=LAST, code="completed")
    (fault,) = caught.value.faults
    assert (fault.code, fault.sentence.split(":")[0]) == ("ends_before", "Учеников В")
    assert last_days([first, late]) == [None, None]


@pytest.mark.usefixtures("inside")
def test_of_the_others_only_what_was_changed_changes():
    first, second, _third = make_group()
    Pair.objects.filter(pk=second.pk).update(starts_on=date(2026, 10, 1))
    values = {"starts_on": first.starts_on, "ends_on": LAST, "role_variant": ""}
    edited = edit_group(actor=actor_with("director"), pair_id=first.pk, **values)
    assert len(edited.with_group) == 2
    assert last_days([first, second]) == [LAST, LAST]
    assert Pair.objects.get(pk=second.pk).starts_on == date(2026, 10, 1)
    assert list(edit_group(actor=actor_with("director"), pair_id=first.pk, **values).with_group) == []


@pytest.mark.usefixtures("inside")
def test_a_group_gets_another_mentor_and_stays_a_group():
    pairs = make_group()
    other = make_person("Наставников Ян", date(1980, 1, 1), ("teacher",))
    data = NewMentor(mentor_id=other.pk, starts_on=date(2026, 11, 30))
    made = change_mentor_of_group(actor=actor_with("director"), pair_id=pairs[0].pk, data=data)
    assert last_days(pairs) == [date(2026, 11, 29)] * 3
    under = Pair.objects.filter(mentor=other)
    assert {row.replaces_id for row in under} == {pair.pk for pair in pairs}
    assert {row.group_id for row in under} == {made.group.pk}
    assert made.group.title == "Группа: Наставников Ян"
    # A draft among them: its mentor is not changed, and nobody else's.
    Pair.objects.filter(pk=under.last().pk).update(order=pairs[0].order)
    again = NewMentor(mentor_id=pairs[0].mentor_id, starts_on=date(2026, 12, 7))
    with pytest.raises(FaultyActError, match="no_order"):
        change_mentor_of_group(actor=actor_with("director"), pair_id=under.last().pk, data=again)
    assert under.filter(ends_on__isnull=True).count() == 3


def test_the_pages_offer_it_where_there_is_a_group(client_at: Any, today: date, db: None):
    with school(SCHOOL_A.schema):
        pairs, drafts = make_group(), make_group("ГД", order=None)
        alone = make_pair(drafts[0].mentor, make_person("Учеников Е"), order=pairs[0].order)
    director = sign_in(client_at, SCHOOL_A, "director")
    for act in ("end", "edit", "mentor"):
        assert "То же со всей группой: ещё пар – 2" in director.get(f"/pairs/{pairs[0].pk}/{act}/").content.decode()
        assert "whole_group" not in director.get(f"/pairs/{alone.pk}/{act}/").content.decode()
    approving = f"/orders/approve/?pair={drafts[0].pk}&amp;pair={drafts[1].pk}"
    assert approving in director.get(f"/pairs/{drafts[0].pk}/").content.decode()
    typed = {"ends_on": "20.12.2026", "code": "completed", "reason": "", "whole_group": "on"}
    answer = director.post(f"/pairs/{pairs[0].pk}/end/", typed, follow=True)
    assert "То же сделано с другими парами группы: 2." in answer.content.decode()
    with school(SCHOOL_A.schema):
        assert last_days(pairs) == [LAST] * 3
