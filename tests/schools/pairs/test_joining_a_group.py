"""A mentee joins a group that is there: his pair's meetings are the group's from his first day on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from core.tenancy import school
from schools.meetings.models import Meeting
from schools.meetings.selectors import meetings_of
from schools.pairs.models import Group, Pair
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, make_person
from tests.schools.pairs.test_group_acts import make_group
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

JOINS = date(2026, 11, 16)


def joining(pair: Any, *names: str, **other: Any) -> PairData:
    fields: dict[str, Any] = {
        "form_code": "teacher-pupil",
        "mentor_id": pair.mentor_id,
        "mentee_ids": [make_person(name).pk for name in names],
        "starts_on": JOINS,
        "group_id": pair.group_id,
    }
    return PairData(**{**fields, **other})


def refused(actor: Any, data: PairData) -> list[tuple[str, str]]:
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=actor, data=data)
    return [(fault.code, fault.field) for fault in refusal.value.faults]


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("is_draft", [False, True])
def test_he_is_one_of_it_from_his_first_day_on(is_draft: bool):
    first, *_others = make_group(**({"order": None} if is_draft else {}))
    for day in (date(2026, 10, 5), date(2026, 11, 16)):
        Meeting.objects.create(
            group=first.group, kind="regular", state="held", held_on=day, created_at="2026-11-20T08:00Z"
        )
    (pair,) = create_pairs(actor=actor_with("curator", "teacher-pupil"), data=joining(first, "Новенький Ян"))
    assert (pair.group_id, Group.objects.count()) == (first.group_id, 1)
    assert [meeting.held_on for meeting in meetings_of(pair)] == [JOINS]


@pytest.mark.usefixtures("inside")
def test_only_a_group_of_that_mentor_and_form_that_goes_on():
    director = actor_with("director")
    first, *_others = make_group()
    other = make_person("Другой Педагог", date(1981, 1, 1), ("teacher",))
    assert refused(director, joining(first, "Первый Ян", mentor_id=other.pk)) == [("no_group", "group")]
    pupil = make_person("Старшеклассник Лев", date(2009, 1, 1))
    elsewhere = joining(first, "Второй Ян", mentor_id=pupil.pk, form_code="pupil-pupil")
    assert refused(director, elsewhere) == [("no_group", "group")]
    names = [f"Новый Имя{number:02}" for number in range(38)]
    assert refused(director, joining(first, *names)) == [("too_many", "mentees")]
    Pair.objects.filter(group=first.group).update(ends_on=date(2026, 11, 1))
    assert refused(director, joining(first, "Третий Ян")) == [("no_group", "group")]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_pages(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        first, *_others = make_group()
        new, other = make_person("Новенький Ян"), make_person("Другой Педагог", date(1981, 1, 1), ("teacher",))
    card = client.get(f"/pairs/{first.pk}/").content.decode()
    address = f"/pairs/new/?form=teacher-pupil&mentor={first.mentor_id}&group={first.group_id}"
    assert address.replace("&", "&amp;") in card
    page = client.get(address).content.decode()
    assert f'<option value="{first.group_id}" selected>Группа: Педагог Опытный, наставник Педагог Опытный' in page
    typed = {"mentor": other.pk, "mentees": [new.pk], "starts_on": "2026-11-16", "group": first.group_id}
    page = client.post("/pairs/new/?form=teacher-pupil", typed).content.decode()
    assert "У этого наставника нет такой группы" in page
    done = client.post("/pairs/new/?form=teacher-pupil", {**typed, "mentor": first.mentor_id}, follow=True)
    assert "Ещё в этой группе" in done.content.decode()
    with school(SCHOOL_A.schema):
        assert Pair.objects.get(mentee=new).group_id == first.group_id
