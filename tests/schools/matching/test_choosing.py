"""A mentee chooses among the mentors whom he is offered; none of them learns of it before he is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from core.accounts.models import RoleGrant
from core.tenancy import school
from schools.matching import proposals, publishing
from schools.matching.models import Proposal
from schools.matching.selectors import proposals_for, waiting_mentees
from schools.notifications.models import Notice
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment
from tests.schools.makers import TODAY, actor_with
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TERMS = publishing.Terms(starts_on=date(2026, 12, 1), ends_on=date(2027, 5, 31))


def offered(choices: int = 3) -> Any:
    """Publish a round of two mentees and four mentors, the first two of them on the board."""
    found = make_round()
    mentors = [make_mentor(found, name) for name in ("Первая Ия", "Вторая Ия", "Третья Ия", "Лишний Ян")]
    mentees = [make_mentee(found, "Ян Борис", partner=mentors[0]), make_mentee(found, "Ёлкин Лев", partner=mentors[1])]
    curator = actor_with("curator", "teacher-pupil", login="leader")
    publishing.publish(actor=curator, round_id=found.pk, version=found.version, terms=TERMS, choices=choices)
    return found, mentors, mentees


@pytest.fixture
def small(inside: None) -> Any:
    return offered()


def of(mentee: Any) -> Proposal:
    return Proposal.objects.filter(mentee=mentee).latest("asked_at")


def as_(candidate: Any, role: str) -> Any:
    return actor_with(role, person_id=candidate.person_id)


def test_the_board_s_mentor_comes_first_and_nobody_whose_place_another_holds(small: Any):
    _found, mentors, mentees = small
    row = of(mentees[0])
    assert (row.state, row.mentor_id, row.options[0]) == ("offered", mentors[0].pk, str(mentors[0].pk))
    assert set(row.options[1:]) == {str(mentors[2].pk), str(mentors[3].pk)}, "the second is held for the other mentee"
    for mentor in mentors:
        actor = as_(mentor, "mentor")
        assert list(proposals_for(actor)) == []
        with pytest.raises(Http404):
            proposals.answer(actor=actor, proposal_id=row.pk, is_accepted=True)
        with pytest.raises(Http404):
            proposals.choose(actor=actor, proposal_id=row.pk, mentor_id=mentor.pk)
    assert list(proposals_for(as_(mentees[0], "mentee"))) == [row]
    assert list(proposals_for(as_(mentees[1], "mentee"))) == [of(mentees[1])]


def test_who_is_chosen_is_asked_and_who_was_not_never_knows(small: Any):
    _found, mentors, mentees = small
    account = actor_with(None, login="third", person_id=mentors[2].person_id)
    pupil = as_(mentees[0], "mentee")
    row = proposals.choose(actor=pupil, proposal_id=of(mentees[0]).pk, mentor_id=mentors[2].pk)
    assert (row.state, row.mentor_id, row.mentee_answer, row.options) == ("open", mentors[2].pk, "yes", [])
    # The mentor's role follows: he can answer under the login he has.
    assert RoleGrant.objects.filter(user=account.pk, role="mentor").exists()
    assert set(Notice.objects.values_list("user", flat=True)) == {account.pk}
    # The place on the board is free again, and goes to nobody by itself: the other has his own choice.
    with pytest.raises(FaultyActError, match="taken"):
        proposals.choose(actor=as_(mentees[1], "mentee"), proposal_id=of(mentees[1]).pk, mentor_id=mentors[2].pk)
    with pytest.raises(FaultyActError, match="not_offered"):
        proposals.choose(actor=as_(mentees[1], "mentee"), proposal_id=of(mentees[1]).pk, mentor_id=mentors[0].pk)
    with pytest.raises(FaultyActError, match="answered"):
        proposals.choose(actor=pupil, proposal_id=row.pk, mentor_id=mentors[0].pk)
    done = proposals.answer(actor=as_(mentors[2], "mentor"), proposal_id=row.pk, is_accepted=True)
    assert (done.state, done.pair.mentor_id) == ("agreed", mentors[2].person_id)
    assert list(proposals_for(as_(mentors[0], "mentor"))) == []


def test_after_none_of_them_the_others_are_asked(small: Any):
    _found, mentors, mentees = small
    pupil = as_(mentees[0], "mentee")
    with pytest.raises(FaultyActError, match="no_reason"):
        proposals.answer(actor=pupil, proposal_id=of(mentees[0]).pk, is_accepted=False)
    with pytest.raises(FaultyActError, match="choosing"):
        proposals.answer(actor=pupil, proposal_id=of(mentees[0]).pk, is_accepted=True)
    proposals.answer(actor=pupil, proposal_id=of(mentees[0]).pk, is_accepted=False, reason="other_person")
    # All that were left are refused: the one who is held for another may not be asked, so he waits.
    assert of(mentees[0]).state == "declined"
    assert [row.pk for row in waiting_mentees(actor=actor_with("psychologist"), day=TODAY)] == [mentees[0].pk]
    for mentor in mentors:
        assert list(proposals_for(as_(mentor, "mentor"))) == []


def test_a_no_of_the_chosen_leads_to_another_of_those_offered(small: Any):
    _found, mentors, mentees = small
    proposals.choose(actor=as_(mentees[0], "mentee"), proposal_id=of(mentees[0]).pk, mentor_id=mentors[2].pk)
    said_no = as_(mentors[2], "mentor")
    proposals.answer(actor=said_no, proposal_id=of(mentees[0]).pk, is_accepted=False, reason="no_time")
    then = Proposal.objects.get(mentee=mentees[0], state="open")
    assert then.mentor_id in (mentors[0].pk, mentors[3].pk)
    assert (then.attempt, then.mentee_answer) == (2, "")


def test_who_does_not_choose_in_time_is_asked_about_the_first(small: Any):
    _found, mentors, mentees = small
    Proposal.objects.filter(mentee=mentees[0]).update(expires_on=TODAY - timedelta(days=1))
    proposals.end_what_must_end()
    row = of(mentees[0])
    assert (row.state, row.mentor_id, row.mentee_answer, row.options) == ("open", mentors[0].pk, "", [])
    assert row.expires_on == TODAY + timedelta(days=5)


def test_a_choice_goes_on_without_a_mentor_who_leaves(small: Any):
    _found, mentors, mentees = small
    first = of(mentees[0])
    Enrolment.objects.filter(person=mentors[0].person).update(left_on=TODAY)
    assert proposals.end_what_must_end() == 0
    row = of(mentees[0])
    left = [str(mentors[2].pk), str(mentors[3].pk)]
    assert (row.pk, row.state, sorted(row.options)) == (first.pk, "offered", sorted(left))
    assert (str(row.mentor_id), row.expires_on) == (row.options[0], first.expires_on)
    row.mentee.refresh_from_db()
    assert row.mentee.partner_id == row.mentor_id
    # With one alone there is nothing to choose: both are asked.
    Enrolment.objects.filter(person=row.mentor.person).update(left_on=TODAY)
    assert proposals.end_what_must_end() == 0
    last = of(mentees[0])
    assert (last.pk, last.state, last.options) == (first.pk, "open", [])
    assert str(last.mentor_id) == row.options[1]
    Enrolment.objects.filter(person=last.mentor.person).update(left_on=TODAY)
    assert proposals.end_what_must_end() == 1
    assert of(mentees[0]).state == "withdrawn"


def test_leaving_ends_a_choice_too(small: Any):
    _found, mentors, mentees = small
    Enrolment.objects.filter(person=mentees[0].person).update(left_on=TODAY)
    proposals.end_what_must_end()
    assert of(mentees[0]).state == "withdrawn"
    assert list(proposals_for(as_(mentors[0], "mentor"))) == []
    curator = actor_with("coordinator", login="closing")
    proposals.close_round(actor=curator, round_id=mentees[1].round_id)
    assert of(mentees[1]).state == "withdrawn"


def test_by_pages(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, mentors, mentees = offered()
        row, other = of(mentees[0]), of(mentees[1])
    pupil = sign_in(client_at, SCHOOL_A, "mentee", person_id=mentees[0].person_id)
    assert "Выберите наставника из предложенных" in pupil.get("/").content.decode()
    page = pupil.get(f"/proposals/{row.pk}/").content.decode()
    for words in ("Первая Ия", "Третья Ия", "Если никто не подходит", "Выбрать наставника"):
        assert words in page
    assert "Согласиться" not in page
    pupil.post(f"/proposals/{row.pk}/", {"answer": "choice"})
    assert "Отметьте, кого выбираете" in pupil.get(f"/proposals/{row.pk}/").content.decode()
    mentor = sign_in(client_at, SCHOOL_A, "mentor", person_id=mentors[0].person_id)
    assert mentor.get(f"/proposals/{row.pk}/").status_code == 404
    assert "предлагают наставляемого" not in mentor.get("/proposals/").content.decode()
    pupil.post(f"/proposals/{row.pk}/", {"answer": "choice", "mentor": str(mentors[2].pk)})
    assert "Третья Ия" in pupil.get(f"/proposals/{row.pk}/").content.decode()
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    assert "на выбор: 3" in curator.get(f"/matching/{found.pk}/proposals/").content.decode()
    with school(SCHOOL_A.schema):
        Proposal.objects.filter(pk=other.pk).update(options=[str(mentors[1].pk), str(mentors[3].pk)])
    leading = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil", person_id=mentors[3].person_id)
    page = leading.get(f"/proposals/{other.pk}/").content.decode()
    assert "Среди предложенных вы сами" in page
    assert "Вторая Ия" not in page
    at = f"/proposals/{other.pk}/"
    assert "Записать выбор" in curator.get(at).content.decode()
    curator.post(at, {"answer": "choice", "party": "mentee", "mentor": str(mentors[1].pk)})
    with school(SCHOOL_A.schema):
        assert (of(mentees[1]).state, of(mentees[1]).mentee_answer) == ("open", "yes")
