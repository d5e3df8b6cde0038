"""«Мне некомфортно»: whom it reaches, whom never, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.accounts.models import User
from core.authz import RefusedError
from core.tenancy import school
from schools.pairs.confidence import CONCERNS, is_heard
from schools.pairs.models import Pair
from schools.pairs.partner_requests import requests_to_settle
from schools.participants import selectors, services
from schools.participants.domain import ConcernState, may_become
from schools.participants.models import Concern
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship
from schools.worklist.domain import Matter
from schools.worklist.selectors import what_waits
from tests.schools.makers import actor_with, audited, make_order, make_pair, make_person
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A


@pytest.fixture
def pair(inside: None, today: None) -> Any:
    return make_pair(
        make_person("Учителева Инна", date(1980, 1, 1), kinds=["teacher"]),
        make_person("Ученикова Яна"),
        order=make_order(),
    )


def mentee_of(pair: Any) -> Any:
    return actor_with("mentee", login="mentee-1", person_id=pair.mentee_id)


@pytest.mark.django_db
def test_it_reaches_the_curator_and_the_psychologist_and_nobody_of_the_other_side(pair: Any):
    concern = services.tell_concern(actor=mentee_of(pair), pair_id=pair.pk, text="Мне грустно")
    for role, scope in (("psychologist", ""), ("coordinator", ""), ("curator", "teacher-pupil")):
        assert selectors.waiting_concerns(actor_with(role, scope, login=f"{role}-1")) == 1
    assert selectors.waiting_concerns(actor_with("curator", "pupil-pupil", login="curator-2")) == 0
    # The mentor is the psychologist, or the director himself: he does not see it even so.
    for role in ("psychologist", "director"):
        mentor = actor_with(role, login=f"mentor-{role}", person_id=pair.mentor_id)
        assert selectors.waiting_concerns(mentor) == 0
        with pytest.raises(Http404):
            selectors.concern_for(actor=mentor, concern_id=concern.pk)
    # Nor does somebody whose child is on the other side.
    parent = make_person("Мамина Ольга", date(1985, 1, 1), kinds=["parent", "teacher"])
    Guardianship.objects.create(guardian=parent, ward=pair.mentor, kinship="мать")
    assert selectors.waiting_concerns(actor_with("coordinator", login="mother", person_id=parent.pk)) == 0


@pytest.mark.django_db
def test_a_mentor_cannot_even_ask(pair: Any):
    services.tell_concern(actor=mentee_of(pair), pair_id=pair.pk)
    mentor = actor_with("mentor", person_id=pair.mentor_id)
    with pytest.raises(RefusedError):
        services.take_concern(actor=mentor, concern_id=Concern.objects.get().pk)
    assert list(selectors.own_concerns(mentor)) == []
    assert selectors.latest_by_pair(mentor, [pair.pk]) == {}
    other = make_pair(make_person("Другова Инна", date(1980, 1, 1), kinds=["teacher"]), make_person("Чужов Ян"))
    with pytest.raises(Http404):
        services.tell_concern(actor=mentor, pair_id=other.pk)


@pytest.mark.django_db
def test_pressed_twice_it_is_told_once_and_keeps_all_words(pair: Any):
    mentee = mentee_of(pair)
    for text in ("", "Мне грустно", "Мне грустно", "Ещё одно"):
        services.tell_concern(actor=mentee, pair_id=pair.pk, text=text)
    assert Concern.objects.get().text == "Мне грустно\nЕщё одно"
    long = "очень " * 160
    services.tell_concern(actor=mentee, pair_id=pair.pk, text=long)
    assert Concern.objects.get().text.endswith(long.strip())
    services.tell_concern(actor=mentee, pair_id=pair.pk, text="И вчера он снова кричал")
    assert Concern.objects.filter(text="И вчера он снова кричал", state="new").count() == 1
    assert all("грустно" not in str(row) for row in audited())


@pytest.mark.django_db
def test_taken_and_closed_with_an_outcome(pair: Any):
    mentee, psychologist = mentee_of(pair), actor_with("psychologist")
    concern = services.tell_concern(actor=mentee, pair_id=pair.pk)
    with pytest.raises(FaultyActError):
        services.close_concern(actor=psychologist, concern_id=concern.pk, outcome="Поговорили")
    services.take_concern(actor=psychologist, concern_id=concern.pk)
    with pytest.raises(FaultyActError):
        services.close_concern(actor=psychologist, concern_id=concern.pk, outcome=" ")
    services.close_concern(actor=psychologist, concern_id=concern.pk, outcome="Поговорили")
    with pytest.raises(FaultyActError):
        services.take_concern(actor=psychologist, concern_id=concern.pk)
    assert selectors.own_concerns(mentee).get().state == "closed"
    again = services.tell_concern(actor=mentee, pair_id=pair.pk)
    assert again.pk != concern.pk


@given(st.lists(st.sampled_from(list(ConcernState)), max_size=8))
def test_nobody_closes_what_nobody_has_taken(wanted: list[ConcernState]):
    state, passed = ConcernState.NEW, [ConcernState.NEW]
    for each in wanted:
        if may_become(state, each):
            state = each
            passed.append(each)
    assert ConcernState.CLOSED not in passed or ConcernState.TAKEN in passed
    assert ConcernState.CLOSED not in passed[:-1]


@pytest.mark.django_db
def test_by_pages_from_the_button_to_the_answer(client_at: Callable[[str], Client], today: None):
    mentee = sign_in(client_at, SCHOOL_A, "mentee", person_id=world.MENTEE)
    home = mentee.get("/").content.decode()
    assert "Мне некомфортно" in home
    assert "Записать встречу" not in home
    assert "no-store" in mentee.get("/")["Cache-Control"]
    answer = mentee.post(f"/participation/pairs/{world.PAIR}/uncomfortable/", {"text": "СЕКРЕТ"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    mentor = sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR)
    assert "ждёт ответа" in mentee.get("/").content.decode()
    assert "ждёт ответа" not in mentor.get("/").content.decode()
    with school(SCHOOL_A.schema):
        concern = Concern.objects.get(pair=world.PAIR)
    address = f"/participation/concerns/{concern.pk}/"
    assert mentor.get(address).status_code == 403
    psychologist = sign_in(client_at, SCHOOL_A, "psychologist")
    assert "некомфортно" in psychologist.get("/").content.decode()
    assert "СЕКРЕТ" in psychologist.get(address).content.decode()
    assert psychologist.post(address, {"act": "take"}).status_code == 302
    assert "этим занимаются" in mentee.get("/").content.decode()
    assert psychologist.post(address, {"act": "close", "outcome": ""}).status_code == 200
    assert psychologist.post(address, {"act": "close", "outcome": "Поговорили"}).status_code == 302
    assert "закрыто" in mentee.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_there"), [(30, True), (90, False)])
def test_what_was_wrong_can_be_said_some_weeks_after_the_end(
    client_at: Callable[[str], Client], today: None, days: int, is_there: bool
):
    with school(SCHOOL_A.schema):
        last = timezone.localdate() - timedelta(days=days)
        Pair.objects.filter(pk=world.PAIR).update(starts_on=date(2026, 1, 10), ends_on=last)
    home = sign_in(client_at, SCHOOL_A, "mentee", person_id=world.MENTEE).get("/").content.decode()
    assert ("Мне некомфортно" in home) is is_there


@pytest.mark.django_db
def test_a_parent_speaks_for_the_child_and_sees_its_pair(client_at: Callable[[str], Client], today: None):
    with school(SCHOOL_A.schema):
        parent = make_person("Мамина Ольга", date(1985, 1, 1), kinds=["parent"], admitted=None)
        Guardianship.objects.create(guardian=parent, ward_id=world.MENTEE, kinship="мать")
    client = sign_in(client_at, SCHOOL_A, "parent", person_id=parent.pk)
    home = client.get("/").content.decode()
    assert "Дни встреч" in home
    assert "Ребёнку некомфортно" in home
    assert "Мне некомфортно" not in home
    assert client.post(f"/participation/pairs/{world.PAIR}/uncomfortable/", {"text": ""}).status_code == 302
    with school(SCHOOL_A.schema):
        assert Concern.objects.get(pair=world.PAIR).person_id == world.MENTEE


@pytest.mark.django_db
def test_where_only_the_mentor_would_read_it_that_is_said_and_it_is_kept_for_who_comes_later(
    client_at: Callable[[str], Client], today: None
):
    mentee = sign_in(client_at, SCHOOL_A, "mentee", person_id=world.MENTEE)
    address = f"/participation/pairs/{world.PAIR}/uncomfortable/"
    asking = f"/pairs/{world.PAIR}/ask/"
    with school(SCHOOL_A.schema):
        User.objects.exclude(pk=mentee.user.pk).update(is_active=False)
        boss = actor_with("director", person_id=world.MENTOR)
        actor_with("curator", "another-form")
        before = what_waits(boss, timezone.localdate(), matters=[Matter.UNHEARD])
        assert [(each.total, each.rows[0].number) for each in before] == [(1, 1)]
    page = mentee.get(address).content.decode()
    assert "Прочитать это пока некому" in page
    assert "Расскажите об этом родителям" in page
    for promise in ("с вами поговорят", "куратор, педагог-психолог", "Передать куратору"):
        assert promise not in page
    told = mentee.post(address, {"text": "СЕКРЕТ"}, follow=True).content.decode()
    assert "нет сотрудника, который прочитал бы это" in told
    assert "С вами поговорят" not in told
    assert "Прочитать это пока некому" in mentee.get(asking).content.decode()
    asked = mentee.post(asking, {"wish": "time"}, follow=True).content.decode()
    assert "Ваша просьба сохранена" in asked
    assert "Просьба передана куратору" not in asked
    with school(SCHOOL_A.schema):
        # The work list says the same as before: not that somebody told anything.
        assert what_waits(boss, timezone.localdate(), matters=[Matter.UNHEARD]) == before
        later = actor_with("psychologist")
        assert selectors.waiting_concerns(later) == 1
        assert requests_to_settle(later).count() == 1
        assert what_waits(boss, timezone.localdate(), matters=[Matter.UNHEARD]) == []
    assert "с вами поговорят" in mentee.get(address).content.decode()


@pytest.mark.django_db
def test_whoever_reads_only_other_pairs_counts_for_none(pair: Any):
    child = make_person("Мамина Ольга", date(1985, 1, 1), kinds=["teacher"])
    Guardianship.objects.create(guardian=child, ward=pair.mentee)
    User.objects.update(is_active=False)
    actor_with("coordinator", person_id=child.pk)
    actor_with("director", expires_at=timezone.now() + timedelta(hours=1))
    assert not is_heard(pair.pk, CONCERNS)
    curator = actor_with("curator", pair.form_code)
    assert is_heard(pair.pk, CONCERNS)
    User.objects.filter(pk=curator.pk).update(is_active=False)
    assert not is_heard(pair.pk, CONCERNS)
