"""A draft about which something was written stays, whatever it is, and says so by one sentence; it can be ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from core.tenancy import school
from schools.meetings.models import Meeting, Plan
from schools.pairs import services
from schools.pairs.models import Group, Pair, PartnerRequest
from schools.pairs.services import discard_draft, end_pair
from schools.participants.models import Concern
from schools.people.errors import FaultyActError
from schools.worklist.models import Contact
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

AT = "2026-11-20T08:00Z"


def met(**unit: Any) -> None:
    Meeting.objects.create(kind="first", state="held", held_on=date(2026, 11, 2), created_at=AT, **unit)


RECORDS: dict[str, Callable[[Pair], object]] = {
    "meeting": lambda pair: met(pair=pair),
    "meeting of the group": lambda pair: met(group=pair.group),
    "plan": lambda pair: Plan.objects.create(pair=pair, kind="individual", changed_at=AT),
    "talk": lambda pair: Contact.objects.create(pair=pair, held_on=date(2026, 11, 2), by=world.PAIR, created_at=AT),
    "request": lambda pair: PartnerRequest.objects.create(
        pair=pair, side="mentee", wish="time", asked_by=world.PAIR, asked_at=AT, outcome="withdrawn", settled_at=AT
    ),
    "concern": lambda pair: Concern.objects.create(
        pair=pair, person=pair.mentee, said_by=world.PAIR, text="…", said_at=AT
    ),
}


def drafts_of_a_group(**fields: Any) -> list[Pair]:
    mentor, group = make_person("Учителев Олег", date(1980, 1, 1), ("teacher",)), Group.objects.create(title="Шахматы")
    return [make_pair(mentor, make_person(f"Ученик {name}"), group=group, **fields) for name in ("Первый", "Второй")]


@pytest.mark.parametrize("record", RECORDS)
def test_whatever_was_written_keeps_it_by_the_same_words(inside: None, record: str):
    pair, _other = drafts_of_a_group()
    RECORDS[record](pair)
    with pytest.raises(FaultyActError) as refusal:
        discard_draft(actor=actor_with("director"), pair_id=pair.pk)
    assert [fault.sentence for fault in refusal.value.faults] == ["О паре уже есть записи: её можно только завершить."]


def test_a_group_s_log_does_not_go_with_its_last_draft(inside: None):
    director = actor_with("director")
    # Both begin after the group has met.
    pair, other = drafts_of_a_group(starts_on=date(2026, 11, 10))
    met(group=pair.group)
    discard_draft(actor=director, pair_id=other.pk)
    with pytest.raises(FaultyActError):
        discard_draft(actor=director, pair_id=pair.pk)
    Meeting.objects.all().delete()
    discard_draft(actor=director, pair_id=pair.pk)
    assert not Group.objects.filter(pk=pair.group_id).exists()


def test_words_that_are_corrected_are_no_news(inside: None, monkeypatch: pytest.MonkeyPatch):
    director, told = actor_with("director"), list[Any]()
    monkeypatch.setattr(services, "announce", lambda name, data: told.append(data["ends_on"]))
    pair = make_pair(
        make_person("Учителев Олег", date(1980, 1, 1), ("teacher",)), make_person("Ученик Пётр"), order=make_order()
    )
    for day, code in ((TODAY, "other"), (TODAY, "mentee_wish"), (TODAY - timedelta(days=1), "mentee_wish")):
        end_pair(actor=director, pair_id=pair.pk, ends_on=day, code=code, reason="Переезд")
    assert told == [TODAY, TODAY - timedelta(days=1)]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_card_offers_what_is_open(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        draft, ended = drafts_of_a_group()
        Pair.objects.filter(pk=ended.pk).update(ends_on=date(2026, 11, 1), order=make_order(), end_code="other")
        met(pair=draft)
    refused = client.post(f"/pairs/{draft.pk}/discard/", follow=True).content.decode()
    assert "её можно только завершить" in refused
    assert f'href="/pairs/{draft.pk}/end/"' in refused
    page = client.get(f"/pairs/{ended.pk}/").content.decode()
    assert "Исправить завершение" in page
    assert "Удалить черновик" not in page
    assert "Исправить завершение" in client.get(f"/pairs/{ended.pk}/end/").content.decode()
    typed = {"ends_on": "2026-11-01", "code": "mentor_wish", "reason": ""}
    client.post(f"/pairs/{ended.pk}/end/", typed)
    with school(SCHOOL_A.schema):
        assert Pair.objects.get(pk=ended.pk).end_code == "mentor_wish"
