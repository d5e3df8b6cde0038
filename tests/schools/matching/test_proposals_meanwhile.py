"""Between publication and the answers: consents that end, rules, pairs made by hand, one person in two roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.accounts.models import RoleGrant
from core.tenancy import school
from schools.consents.consequences import consequences_of_withdrawal
from schools.consents.services import withdraw_consent
from schools.matching import proposals
from schools.matching.models import Candidate, Proposal
from schools.matching.selectors import refusal_reason_for
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.models import Guardianship, PersonKind
from tests.schools.makers import TODAY, actor_with, make_consent, make_pair
from tests.schools.matching.makers import make_mentor, make_round
from tests.schools.matching.test_board import board_of, computed
from tests.schools.matching.test_proposals import asked, placed, published, waiting
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def small(inside: None) -> Any:
    return placed()


def withdrawn(person: Any) -> None:
    consent = person.consents.get()
    withdraw_consent(actor=actor_with("director"), consent_id=consent.pk, withdrawn_on=TODAY)


def make_mentee_of(found: Any, person: Any) -> Any:
    return Candidate.objects.create(round=found, person=person, side="mentee", number=1)


def curator() -> Any:
    return actor_with("curator", "teacher-pupil")


def test_a_pair_that_a_run_made_is_not_published_without_a_consent(small: Any):
    found, mentors, mentees = small
    for mentee, mentor in zip(mentees, mentors, strict=False):
        Candidate.objects.filter(pk=mentee.pk).update(preferences=[str(mentor.pk)])
    computed(found)
    withdrawn(mentees[0].person)
    board = board_of(found)
    assert board.left_out() == [mentees[0].pk]
    assert "автоматически" in board.row(board.question.candidates[mentees[0].pk]).pair.warnings[-1]
    assert published(found) == 1
    assert list(Proposal.objects.values_list("mentee", flat=True)) == [mentees[1].pk]
    # Nobody is said to wait who took his consent back.
    assert waiting() == ["Третий"]


def test_by_hand_it_is_published_with_a_warning(small: Any):
    found, _mentors, mentees = small
    Candidate.objects.filter(pk=mentees[0].pk).update(is_locked=True)
    computed(found)
    withdrawn(mentees[0].person)
    board = board_of(found)
    assert board.row(board.question.candidates[mentees[0].pk]).pair.warnings == [
        "У наставляемого нет действующего согласия на обработку данных."
    ]
    assert published(found) == 2


def test_a_withdrawn_consent_takes_open_proposals_back_at_once(small: Any):
    found, mentors, mentees = small
    spare = make_mentor(found, "Запасной Ян")
    published(found)
    withdrawn(mentors[0].person)
    assert Proposal.objects.get(mentor=mentors[0]).state == "withdrawn"
    assert asked(mentees[0]).mentor_id == spare.pk
    withdrawn(mentees[1].person)
    assert not Proposal.objects.filter(mentee=mentees[1], state="open").exists()
    assert asked(mentees[2]).mentor_id == mentors[1].pk
    assert Candidate.objects.get(pk=mentees[1].pk).waiting_since is not None
    assert waiting() == []


def test_another_purpose_takes_nothing_back_and_taking_part_no_more_everything(small: Any):
    found, mentors, mentees = small
    open_one = make_round(title="Весна")
    there = make_mentee_of(open_one, mentees[0].person)
    mentees[0].person.consents.all().delete()
    published(found)
    director = actor_with("director")
    photos = make_consent(mentees[0].person, kind="dissemination")
    withdraw_consent(actor=director, consent_id=photos.pk, withdrawn_on=TODAY)
    assert asked(mentees[0]).mentor_id == mentors[0].pk
    part = make_consent(mentees[0].person, kind="participation")
    told = consequences_of_withdrawal(actor=director, consent=part)
    assert "Открытые предложения о паре отзовутся: 1." in told
    withdraw_consent(actor=director, consent_id=part.pk, withdrawn_on=TODAY)
    assert not Proposal.objects.filter(mentee=mentees[0], state="open").exists()
    for row in (mentees[0], there):
        row.refresh_from_db()
        assert row.out_at is not None
    assert "Ян" not in waiting()


def test_a_consent_that_runs_out_ends_what_was_asked_and_one_that_never_was_does_not(small: Any):
    found, _mentors, mentees = small
    mentees[1].person.consents.all().delete()
    published(found)
    assert Proposal.objects.filter(state="open").count() == 2
    Proposal.objects.update(asked_at=found.created_at - timedelta(days=3))
    mentees[0].person.consents.update(valid_until=TODAY - timedelta(days=1))
    assert proposals.end_what_must_end() == 1
    assert set(Proposal.objects.filter(state="open").values_list("mentee", flat=True)) == {mentees[1].pk, mentees[2].pk}


@pytest.mark.parametrize("rule", ["own_child", "side"])
def test_two_who_agree_and_may_not_be_a_pair_are_told_so_and_nothing_is_said_to_be_made(small: Any, rule: str):
    found, mentors, mentees = small
    published(found)
    row = asked(mentees[0])
    proposals.answer(actor=curator(), proposal_id=row.pk, is_accepted=True, party="mentor")
    if rule == "own_child":
        Guardianship.objects.create(guardian=mentors[0].person, ward=mentees[0].person, kinship="отец")
    else:
        PersonKind.objects.filter(person=mentors[0].person).update(kind="parent")
    mentee = actor_with("mentee", person_id=mentees[0].person_id)
    with pytest.raises(FaultyActError) as caught:
        proposals.answer(actor=mentee, proposal_id=row.pk, is_accepted=True)
    assert [fault.sentence for fault in caught.value.faults] == [
        "Составить эту пару сейчас нельзя. Обратитесь к куратору."
    ]
    with pytest.raises(FaultyActError, match=r"own_child|mentor_side"):
        proposals.answer(actor=curator(), proposal_id=row.pk, is_accepted=True, party="mentee")
    assert (asked(mentees[0]).mentee_answer, asked(mentees[0]).mentor_answer) == ("", "yes")
    assert Pair.objects.exclude(pk=world.PAIR).count() == 0


def test_whose_yes_a_rule_refused_was_not_silent_and_the_next_mentor_is_asked(small: Any):
    found, mentors, mentees = small
    spare = make_mentor(found, "Запасной Ян")
    published(found)
    row = asked(mentees[0])
    proposals.answer(actor=curator(), proposal_id=row.pk, is_accepted=True, party="mentor")
    PersonKind.objects.filter(person=mentors[0].person).update(kind="parent")
    mentee = actor_with("mentee", person_id=mentees[0].person_id)
    with pytest.raises(FaultyActError, match="cannot_pair"):
        proposals.answer(actor=mentee, proposal_id=row.pk, is_accepted=True)
    assert refusal_reason_for(curator(), asked(mentees[0])) == "by_rule"
    assert refusal_reason_for(actor_with("director", person_id=mentors[0].person_id), asked(mentees[0])) == ""
    Proposal.objects.filter(pk=row.pk).update(expires_on=TODAY - timedelta(days=1))
    proposals.end_what_must_end()
    assert asked(mentees[0]).mentor_id == spare.pk


def test_a_pair_that_stands_already_is_taken_as_it_is(small: Any):
    found, mentors, mentees = small
    published(found)
    make_pair(mentors[0].person, mentees[0].person, starts_on=date(2020, 9, 1), ends_on=date(2021, 5, 1))
    stands = make_pair(mentors[0].person, mentees[0].person, starts_on=date(2026, 11, 1))
    row = asked(mentees[0])
    for party in ("mentor", "mentee"):
        done = proposals.answer(actor=curator(), proposal_id=row.pk, is_accepted=True, party=party)
    assert done.pair == stands


def test_whoever_found_a_mentor_by_hand_is_not_asked_again(small: Any):
    found, mentors, mentees = small
    other = make_mentor(found, "Другой Пётр", capacity=3)
    published(found)
    Pair.objects.filter(pk=make_pair(other.person, mentees[2].person).pk).update(created_at=timezone.now())
    no = actor_with("mentee", person_id=mentees[0].person_id)
    proposals.answer(actor=no, proposal_id=asked(mentees[0]).pk, is_accepted=False, reason="other_person")
    assert asked(mentees[0]).mentor_id == other.pk
    assert not Proposal.objects.filter(mentee=mentees[2]).exists()
    Pair.objects.filter(pk=make_pair(other.person, mentees[1].person).pk).update(created_at=timezone.now())
    no = actor_with("mentor", person_id=mentors[1].person_id)
    proposals.answer(actor=no, proposal_id=asked(mentees[1]).pk, is_accepted=False, reason="no_time")
    assert not Proposal.objects.filter(mentee=mentees[1], state="open").exists()


def test_a_curator_who_is_the_mentor_records_also_what_the_mentee_said(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, mentors, mentees = placed()
        published(found)
        row = asked(mentees[0])
    head = sign_in(client_at, SCHOOL_A, "director", person_id=mentors[0].person_id)
    with school(SCHOOL_A.schema):
        RoleGrant.objects.create(user=head.user, role="mentor")
    page = head.get(f"/proposals/{row.pk}/").content.decode()
    assert "Ваш наставляемый?" in page
    assert "Ответ: Ян Борис" in page
    assert "Ответ: Учителев Пётр" not in page
    head.post(f"/proposals/{row.pk}/", {"answer": "yes"})
    page = head.post(f"/proposals/{row.pk}/", {"answer": "yes", "party": "mentee"}, follow=True)
    assert "составлен черновик пары" in page.content.decode()
    with school(SCHOOL_A.schema):
        done = Proposal.objects.get(pk=row.pk)
        assert (done.mentor_answer, done.mentee_answer, done.pair is not None) == ("yes", "yes", True)
