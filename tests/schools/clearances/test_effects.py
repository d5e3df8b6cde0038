"""What the lack of a paper does: pairs by hand, the board and its runs, the work list, the mentor's own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import school
from schools.matching.board import Board
from schools.matching.domain.rules import HardRule, rules_of_mentor
from schools.matching.models import Candidate, Proposal
from schools.matching.placing import place
from schools.matching.proposals import answer
from schools.matching.publishing import Terms, publish
from schools.matching.question import question_of
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Pair
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import FaultyActError
from schools.worklist.domain import Matter
from schools.worklist.selectors import what_waits
from tests.schools.clearances.makers import RECORD, decide, make_guest, make_paper
from tests.schools.makers import (
    TODAY,
    actor_with,
    make_consent,
    make_order,
    make_pair,
    make_person,
    make_training,
    search,
)
from tests.schools.matching.makers import make_mentee, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

DAY = timedelta(days=1)
FORM = "employer-pupil"
NO_RECORD = (
    "Заводской Глеб Ильич: нет документа «справка об отсутствии судимости». "
    "Без него школа не допускает наставника к работе."
)


def data(mentor: Any, mentee: Any) -> PairData:
    return PairData(form_code=FORM, mentor_id=mentor.pk, mentee_ids=[mentee.pk], starts_on=TODAY)


@pytest.mark.usefixtures("inside")
def test_a_blocking_paper_refuses_a_pair_by_hand_with_the_rule_in_words():
    decide(no_criminal_record="block")
    guest, pupil, curator = make_guest(), make_person(), actor_with("curator", FORM)
    with pytest.raises(FaultyActError) as refusal:
        create_pairs(actor=curator, data=data(guest, pupil))
    (fault,) = refusal.value.faults
    assert (fault.code, fault.field) == ("not_cleared", "mentor")
    assert fault.sentence == f"{NO_RECORD} Запишите документ на странице «Допуски»."
    assert not Pair.objects.filter(mentor=guest).exists()
    paper = make_paper(guest)
    assert len(create_pairs(actor=curator, data=data(guest, pupil))) == 1
    paper.valid_until = TODAY - DAY
    paper.save()
    with pytest.raises(FaultyActError, match="not_cleared"):
        create_pairs(actor=curator, data=data(guest, make_person("Другой Ученик")))


@pytest.mark.usefixtures("inside")
def test_it_refuses_another_mentor_in_the_middle_of_the_year_as_well():
    decide(no_criminal_record="block")
    director, former, guest = actor_with("director"), make_guest("Прежний Ян"), make_guest()
    pair = make_pair(former, make_person(), FORM, order=make_order())
    with pytest.raises(FaultyActError, match="not_cleared"):
        change_mentor(actor=director, pair_id=pair.pk, data=NewMentor(mentor_id=guest.pk, starts_on=TODAY))
    assert not Pair.objects.filter(mentor=guest).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_paper_that_is_only_wanted_warns_and_goes_on(client_at: Callable[[str], Client]):
    curator = sign_in(client_at, SCHOOL_A, "curator", FORM)
    with school(SCHOOL_A.schema):
        decide(no_criminal_record="warn")
        guest, pupil = make_guest(), make_person()
    body = {"mentor": guest.pk, "mentees": [pupil.pk], "starts_on": "2026-11-21"}
    made = curator.post(f"/pairs/new/?form={FORM}", body, follow=True).content.decode()
    words = "Заводской Глеб Ильич: нет документа «справка об отсутствии судимости»."
    assert "Пара составлена" in made
    assert (made.count(words), made.count("не допускает")) == (1, 0)
    with school(SCHOOL_A.schema):
        decide(no_criminal_record="block")
        other = make_person("Другой Ученик")
    drafts = sign_in(client_at, SCHOOL_A, "director").get("/orders/approve/").content.decode()
    assert "у наставника нет: справка об отсутствии судимости" in drafts
    refused = curator.post(f"/pairs/new/?form={FORM}", {**body, "mentees": [other.pk]}).content.decode()
    assert NO_RECORD in refused


@pytest.fixture
def board(inside: None) -> Any:
    """Make a round with a pupil and a mentor from an enterprise; return its board."""
    found = make_round(form_code=FORM)
    make_mentee(found, "Ёлкин Пётр")
    guest = make_guest()
    make_consent(guest)
    make_training(guest)
    Candidate.objects.create(round=found, person=guest, side="mentor", number=1)
    return found


def test_matching_leaves_out_whom_a_blocking_paper_keeps_out_and_says_which(board: Any):
    decide(no_criminal_record="block")
    question = question_of(board, TODAY)
    ((mentor_id, facts),) = question.mentors.items()
    (mentee_id,) = question.mentees
    assert rules_of_mentor(facts, question.form) == (HardRule.NOT_CLEARED,)
    assert Board(board, question).pair(mentee_id, mentor_id).forbidden == [NO_RECORD]
    with pytest.raises(FaultyActError) as refusal:
        place(actor=actor_with("director"), candidate_id=mentee_id, mentor_id=mentor_id, version=board.version)
    assert [fault.sentence for fault in refusal.value.faults] == [NO_RECORD]
    make_paper(question.candidates[mentor_id].person)
    again = question_of(board, TODAY)
    assert again.mentors[mentor_id].is_cleared
    assert again.digest() != question.digest()


def test_a_paper_that_is_only_wanted_is_a_warning_on_the_board(board: Any):
    decide(no_criminal_record="warn")
    question = question_of(board, TODAY)
    (mentor_id,), (mentee_id,) = question.mentors, question.mentees
    assert question.mentors[mentor_id].is_cleared
    said = place(actor=actor_with("director"), candidate_id=mentee_id, mentor_id=mentor_id, version=board.version)
    assert said == ["Заводской Глеб Ильич: нет документа «справка об отсутствии судимости»."]


@pytest.mark.usefixtures("inside")
def test_the_work_list_tells_what_is_missing_has_ended_and_soon_ends():
    decide(no_criminal_record="warn", agreement="warn")
    guest = make_guest()
    director, curator = actor_with("director"), actor_with("curator", FORM)
    papers = (Matter.CLEARANCE_MISSING, Matter.CLEARANCE_ENDED, Matter.CLEARANCE_ENDING)

    def waits(actor: Any) -> dict[str, list[str]]:
        found = {each.matter: each.rows for each in what_waits(actor, TODAY) if each.matter in papers}
        return {matter: [line.kind.code for row in rows for line in row.papers] for matter, rows in found.items()}

    assert waits(director) == {}
    make_pair(guest, make_person(), FORM, order=make_order())
    assert waits(director) == {Matter.CLEARANCE_MISSING: ["agreement", RECORD]}
    make_paper(guest, "agreement", valid_until=TODAY + 60 * DAY)
    make_paper(guest, valid_until=TODAY - DAY)
    expected = {Matter.CLEARANCE_ENDED: [RECORD], Matter.CLEARANCE_ENDING: ["agreement"]}
    assert waits(director) == waits(curator) == expected
    assert waits(actor_with("curator", "teacher-pupil")) == {}
    make_paper(guest, number="2", issued_on=TODAY)
    make_paper(guest, "agreement", number="2", issued_on=TODAY + 61 * DAY)
    assert waits(director) == {}


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_a_mentor_reads_his_own_on_his_home_page_and_nobody_elses(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        decide(no_criminal_record="block", agreement="warn")
        guest, other = make_guest(), make_guest("Другой Гость")
        make_pair(guest, make_person(), FORM, order=make_order())
        paper = make_paper(guest, number="17-С")
    mentor = sign_in(client_at, SCHOOL_A, "mentor", person_id=guest.pk)
    page = mentor.get("/").content.decode()
    assert "Мой допуск" in page
    assert "17-С" in page
    own = mentor.get("/api/v1/clearances/own/").json()["items"]
    assert [(row["kind"], row["state"]) for row in own] == [("agreement", "missing"), (RECORD, "valid")]
    for address in ("/clearances/", f"/clearances/of/{guest.pk}/", f"/clearances/{paper.pk}/correct/"):
        assert mentor.get(address).status_code == 403
    assert "Мой допуск" not in sign_in(client_at, SCHOOL_A, "mentor", person_id=other.pk).get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_list_its_tabs_and_its_file_cost_the_same_however_long(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")

    def add(number: int) -> None:
        guest = make_guest(f"Гостев Номер{number}")
        make_pair(guest, make_person(f"Учеников Номер{number}"), FORM)
        make_paper(guest, valid_until=TODAY + 5 * DAY if number % 2 else None)

    with school(SCHOOL_A.schema):
        decide(no_criminal_record="block", agreement="warn")
        add(0)
        add(1)
        guest = make_guest("Без Справки")
        make_pair(guest, make_person("Ученик Его"), FORM)
    counts: dict[str, set[int]] = {}
    for more in ((), range(2, 6)):
        with school(SCHOOL_A.schema):
            for number in more:
                add(number)
        for address in ("/clearances/", "/clearances/export/"):
            director.get(address)
            with CaptureQueriesContext(_connection()) as caught:
                page = director.get(address)
            counts.setdefault(address, set()).add(len(caught))
    assert {address: len(numbers) for address, numbers in counts.items()} == dict.fromkeys(counts, 1)
    assert page["Content-Type"].endswith("sheet")
    tabs = {str(tab.label): tab.count for tab in director.get("/clearances/").context["tabs"]}
    assert tabs == {"Все": 7, "Не допущены": 1, "Не все документы": 7, "Скоро закончится": 3, "Всё в порядке": 0}
    blocked = director.get("/clearances/?show=blocked").context["rows"]
    assert [row["person"].full_name for row in blocked] == ["Без Справки"]
    ending = director.get(f"/clearances/?kind={RECORD}&show=ending").context["rows"]
    assert len(ending) == 3
    with school(SCHOOL_A.schema):
        make_guest("Будущий Гость")
    found = search(director, "/clearances/", "будущий").context["rows"]
    assert [row["person"].full_name for row in found] == ["Будущий Гость"]


def _connection() -> Any:
    from django.db import connection

    return connection


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
def test_the_card_shows_the_checklist_to_whom_it_is_open(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        decide(no_criminal_record="block")
        guest = make_guest()
        make_pair(guest, make_person(), FORM, order=make_order())
        make_paper(guest, number="17-С", valid_until=date(2026, 11, 28))
    for role, scope in (("director", ""), ("curator", FORM)):
        page = sign_in(client_at, SCHOOL_A, role, scope).get(f"/people/{guest.pk}/").content.decode()
        assert "Заканчивается 28.11.2026, осталось 7 дней" in page
        assert f'href="/clearances/of/{guest.pk}/"' in page


def test_two_accept_while_the_paper_has_ended_and_only_a_curator_reads_why(board: Any):
    decide(no_criminal_record="block")
    mentee, mentor = Candidate.objects.filter(round=board).order_by("side")
    paper = make_paper(mentor.person)
    Candidate.objects.filter(pk=mentee.pk).update(partner=mentor)
    curator = actor_with("curator", FORM)
    terms = Terms(starts_on=TODAY)
    assert publish(actor=curator, round_id=board.pk, version=board.version, terms=terms) == 1
    proposal = Proposal.objects.get()
    answer(actor=curator, proposal_id=proposal.pk, is_accepted=True, party="mentor")
    paper.delete()
    child = actor_with("mentee", person_id=mentee.person_id)
    with pytest.raises(FaultyActError) as refusal:
        answer(actor=child, proposal_id=proposal.pk, is_accepted=True)
    assert "справка" not in refusal.value.faults[0].sentence
    with pytest.raises(FaultyActError) as refusal:
        answer(actor=curator, proposal_id=proposal.pk, is_accepted=True, party="mentee")
    assert refusal.value.faults[0].sentence.startswith(NO_RECORD)
    assert not Pair.objects.filter(mentor=mentor.person_id).exists()
