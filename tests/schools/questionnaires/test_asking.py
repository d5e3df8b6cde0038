"""Whom a round asks: new mentors without a pair, people by name, ended pairs; each of one thing once."""

from __future__ import annotations

import re
from datetime import date

import pytest

from core.authz import RefusedError
from core.tenancy import school
from schools.people.errors import FaultyActError
from schools.questionnaires import services
from schools.questionnaires.copies import offered_here
from schools.questionnaires.models import Response, Round
from tenants.reference.selectors import forms_now
from tests.schools.makers import actor_with, make_order, make_pair, make_person
from tests.schools.questionnaires.makers import NOW
from tests.support.accounts import sign_in
from tests.support.world import CLASS, MENTEE, MENTOR, SCHOOL_A

GROWN = date(1980, 1, 1)


def asked_in(opened: Round) -> set[object]:
    return set(Response.objects.filter(round=opened).values_list("person_id", flat=True))


def test_future_mentors_without_a_pair_are_asked_by_kind(inside):
    new = make_person("Учителев Пётр", GROWN, ("teacher",))
    outside = make_person("Заводская Инна", GROWN, ("enterprise",))
    gone = make_person("Уволена Анна", GROWN, ("teacher",), left=date(2026, 10, 1))
    busy = make_person("Занятов Иван", GROWN, ("teacher",))
    make_pair(busy, make_person("Ян Борис"), order=make_order("5"))
    opened = services.open_round(actor=actor_with("director"), code="entry-mentor", kinds=["teacher", "enterprise"])
    found = asked_in(opened)
    assert {new.pk, outside.pk} <= found
    assert not {gone.pk, busy.pk, MENTOR} & found


def test_nobody_is_asked_one_thing_twice(inside):
    mentor, pupil = make_person("Учителев Пётр", GROWN, ("teacher",)), make_person("Ян Борис", room="9Я")
    make_pair(mentor, pupil, order=make_order("5"))
    director = actor_with("director")
    many = {"with_pairs": True, "people": [pupil.pk], "classes": [pupil.enrolments.get().school_class_id]}
    opened = services.open_round(actor=director, code="interim-mentee", **many)
    assert Response.objects.filter(round=opened, person=pupil).count() == 1
    counted = services.preview_round(actor=director, code="interim-mentee", **many)
    assert counted.asked == []
    assert counted.already == Response.objects.filter(round=opened).count()
    with pytest.raises(FaultyActError, match="asked_already"):
        services.open_round(actor=director, code="interim-mentee", **many)
    services.set_round_open(actor=director, round_id=opened.pk, is_open=False)
    again = services.open_round(actor=director, code="interim-mentee", people=[pupil.pk])
    assert asked_in(again) == {pupil.pk}


def test_a_questionnaire_of_one_form_is_not_put_to_another(inside):
    known = next(row for row in offered_here() if row.form_code)
    other = next(row.code for row in forms_now() if row.code != known.form_code)
    with pytest.raises(FaultyActError, match="other_form"):
        services.preview_round(actor=actor_with("director"), code=known.code, form_code=other, with_pairs=True)


def test_pairs_that_ended_this_year_are_asked_at_the_end(inside):
    order = make_order("5")
    now, before = make_person("Первов Ян"), make_person("Давнев Ян")
    mentor = make_person("Учителев Пётр", GROWN, ("teacher",))
    make_pair(mentor, now, order=order, ends_on=date(2026, 10, 30))
    make_pair(mentor, before, order=order, starts_on=date(2025, 9, 15), ends_on=date(2026, 5, 20))
    make_pair(mentor, draft := make_person("Безприказов Ян"), ends_on=date(2026, 10, 30))
    opened = services.open_round(actor=actor_with("director"), code="after-mentee", with_ended=True)
    assert now.pk in asked_in(opened)
    assert not {before.pk, draft.pk, MENTEE} & asked_in(opened)


def test_each_asks_whom_he_may(inside):
    outside = make_person("Заводская Инна", GROWN, ("enterprise",))
    room = make_person("Ян Борис", room="9Я").enrolments.get()
    teacher, curator = actor_with("class_teacher", str(room.school_class_id)), actor_with("curator", "teacher-pupil")
    assert asked_in(services.open_round(actor=teacher, code="entry-mentee", people=[room.person_id])) == {
        room.person_id
    }
    for wanted in ({"people": [outside.pk]}, {"kinds": ["teacher"]}, {"classes": [CLASS]}):
        with pytest.raises(RefusedError):
            services.open_round(actor=teacher, code="entry-mentor", **wanted)
    with pytest.raises(RefusedError):
        services.open_round(actor=curator, code="entry-mentor", kinds=["teacher"])
    with pytest.raises(FaultyActError, match="kind_not_on_side"):
        services.open_round(actor=curator, code="entry-mentor", form_code="teacher-pupil", kinds=["enterprise"])
    named = services.open_round(
        actor=curator, code="entry-mentor", form_code="teacher-pupil", people=[outside.pk], due_on=NOW.date()
    )
    assert asked_in(named) == {outside.pk}


def test_the_page_counts_before_it_asks_and_finds_people_by_name(client_at, db):
    with school(SCHOOL_A.schema):
        new = make_person("Заводская Инна", GROWN, ("enterprise",))
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    choice = {"code": "entry-mentor", "kinds": ["enterprise"]}
    counted = client.post("/questionnaires/new/", {**choice, "preview": "1"}).content.decode()
    assert "Без пары: сотрудник предприятия – 1" in counted
    found = client.post("/questionnaires/new/", {**choice, "typed": "заводск", "find": "1"}).content.decode()
    assert "Заводская Инна" in found
    assert re.search('name="kinds" value="enterprise"[^>]* checked', found), "what was chosen stays chosen"
    with school(SCHOOL_A.schema):
        assert not Round.objects.exists()
    client.post("/questionnaires/new/", {"code": "entry-mentor", "people": [str(new.pk)]})
    with school(SCHOOL_A.schema):
        assert asked_in(Round.objects.get()) == {new.pk}


def test_whoever_of_a_pair_has_left_is_not_asked(inside):
    order, mentor = make_order("5"), make_person("Учителев Пётр", GROWN, ("teacher",))
    gone, here = make_person("Ушёл Ян", left=date(2026, 11, 1)), make_person("Здесь Ян")
    for person in (gone, here):
        make_pair(mentor, person, order=order, ends_on=date(2026, 10, 30))
    opened = services.open_round(actor=actor_with("director"), code="interim-mentee", with_ended=True)
    assert (here.pk in asked_in(opened), gone.pk in asked_in(opened)) == (True, False)
