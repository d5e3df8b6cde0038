"""Who waits beside the rounds: a wish, a consent, no pair and no round; since when, and with whose support."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import Http404

from core.authz import RefusedError
from core.tenancy import school
from schools.consents.models import Consent
from schools.matching.models import Candidate, Support
from schools.matching.models import Round as Matching
from schools.matching.selectors import waiting_mentees
from schools.matching.waiting_people import mark_support_of_person, waiting_people
from schools.people.editions import edition_of
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from tests.schools.makers import TODAY, actor_with, audited, make_consent, make_pair, make_person
from tests.schools.matching.makers import make_mentee
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

ITEMS = [{"code": "takes_part", "text": "Хотите?", "type": "yes_no", "required": True}]


def asked_for_entry() -> Any:
    return make_round(kind="entry", items=ITEMS, form_code="teacher-pupil")


def make_waiting(asked: Any, name: str, answers: Any = None, **fields: Any) -> Any:
    """Make a pupil who answered that he wants a mentor, and consents."""
    person = make_person(name)
    make_consent(person)
    make_response(asked, person, {"takes_part": True} if answers is None else answers, **fields)
    return person


def waiting() -> list[str]:
    return [person.surname for person in waiting_people(actor=actor_with("psychologist"), day=TODAY)]


@pytest.mark.usefixtures("inside")
def test_who_wants_a_mentor_and_stands_nowhere_waits_since_his_answer():
    asked = asked_for_entry()
    make_waiting(asked, "Новиков Ян")
    first = make_waiting(asked, "Первый Ян", submitted_at=datetime(2026, 9, 20, 9, tzinfo=UTC))
    make_waiting(asked, "Нехотящий Ян", {"takes_part": False})
    make_waiting(asked, "Давний Ян", submitted_at=datetime(2025, 9, 20, 9, tzinfo=UTC))
    unconsented = make_waiting(asked, "Беспапиров Ян")
    Consent.objects.filter(person=unconsented).update(withdrawn_on=TODAY)
    make_pair(make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",)), make_waiting(asked, "Парный Ян"))
    left = make_waiting(asked, "Выбывший Ян")
    left.enrolments.update(left_on=date(2026, 10, 1))
    make_response(asked, make_person("Молчалин Ян"))
    found = list(waiting_people(actor=actor_with("psychologist"), day=TODAY))
    assert [(row.surname, row.waiting_since, row.form_code) for row in found] == [
        ("Первый", date(2026, 9, 20), "teacher-pupil"),
        ("Новиков", date(2026, 11, 20), "teacher-pupil"),
    ]
    # A round that is not closed sees to him.
    round_of_form = make_matching()
    Candidate.objects.create(round=round_of_form, person=first, side="mentee", number=1)
    make_mentee(round_of_form, "Другой Ян")
    assert waiting() == ["Новиков"]
    Matching.objects.filter(pk=round_of_form.pk).update(state="closed")
    assert waiting() == ["Первый", "Новиков"]
    # Whom the closed round left without a mentor, the other list names.
    Candidate.objects.filter(person=first).update(waiting_since=TODAY)
    assert waiting() == ["Новиков"]
    assert [row.person_id for row in waiting_mentees(actor=actor_with("psychologist"), day=TODAY)] == [first.pk]
    with pytest.raises(RefusedError):
        waiting_people(actor=actor_with("class_teacher", "x"), day=TODAY)


@pytest.mark.usefixtures("inside")
def test_support_is_marked_once_and_by_whoever_may():
    person, psychologist = make_waiting(asked_for_entry(), "Новиков Ян"), actor_with("psychologist")
    seen = edition_of({"has_support": False})
    for _time in range(2):
        marked = mark_support_of_person(actor=psychologist, person_id=person.pk, has_support=True)
        assert marked.has_support
    assert [act for act, _pk in audited()].count("matching.support_marked") == 1
    with pytest.raises(FaultyActError, match="stale"):
        mark_support_of_person(actor=psychologist, person_id=person.pk, has_support=False, seen=seen)
    with pytest.raises(RefusedError):
        mark_support_of_person(actor=actor_with("mentor"), person_id=person.pk, has_support=False)
    with pytest.raises(Http404):
        mark_support_of_person(actor=psychologist, person_id=make_person("Чужой Ян").pk, has_support=True)
    assert Support.objects.count() == 1
    mark_support_of_person(actor=psychologist, person_id=person.pk, has_support=False)
    assert not Support.objects.exists()


@pytest.mark.usefixtures("inside")
def test_a_mark_of_an_earlier_wait_is_no_mark_of_this_one():
    person, psychologist = make_waiting(asked_for_entry(), "Новиков Ян"), actor_with("psychologist")
    Support.objects.create(person=person, marked_at=datetime(2025, 10, 1, 9, tzinfo=UTC))
    assert [row.has_support for row in waiting_people(actor=psychologist, day=TODAY)] == [False]
    assert mark_support_of_person(actor=psychologist, person_id=person.pk, has_support=True).has_support
    assert Support.objects.get().marked_by == psychologist.pk


@pytest.mark.usefixtures("inside")
def test_of_two_cards_one_mark_stays():
    kept, gone = make_person("Новиков Ян"), make_person("Новиков Ян Ильич")
    for person in (kept, gone):
        Support.objects.create(person=person, marked_at=kept.created_at)
    merge_people(actor=actor_with("director"), kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert list(Support.objects.values_list("person", flat=True)) == [kept.pk]


def test_the_page_says_how_long_and_what_is_done(client_at: Any, today: date, db: None):
    with school(SCHOOL_A.schema):
        person = make_waiting(asked_for_entry(), "Новиков Ян")
    psychologist = sign_in(client_at, SCHOOL_A, "psychologist")
    page = psychologist.get("/waiting/people/").content.decode()
    assert all(words in page for words in ("Новиков Ян", "1 день", "Поиск продолжается", "Есть сопровождение"))
    answer = psychologist.post(f"/waiting/people/{person.pk}/support/", {"has_support": "1"}, follow=True)
    assert "Психологическое сопровождение, поиск продолжается" in answer.content.decode()
    assert "Ещё не в подборе" in psychologist.get("/waiting/").content.decode()
