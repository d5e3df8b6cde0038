"""Publication, answers, what follows them, and the waiting list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.tenancy import school
from schools.matching import proposals, publishing
from schools.matching.errors import BoardChangedError
from schools.matching.models import Candidate, Proposal
from schools.matching.selectors import proposals_for, refusal_reason_for, waiting_mentees
from schools.pairs.models import Pair
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment, Guardianship
from tests.schools.makers import TODAY, actor_with, audited, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TERMS = publishing.Terms(starts_on=date(2026, 12, 1), ends_on=date(2027, 5, 31))


def placed(**fields: Any) -> Any:
    """Make a round: a mentor of one place each for two mentees, and a third mentee left over."""
    found = make_round()
    mentors = [make_mentor(found, "Учителев Пётр", **fields), make_mentor(found, "Доцентова Анна")]
    mentees = [
        make_mentee(found, "Ян Борис", partner=mentors[0]),
        make_mentee(found, "Ёлкин Лев", partner=mentors[1]),
        make_mentee(found, "Третий Лев"),
    ]
    return found, mentors, mentees


def published(found: Any, **options: Any) -> int:
    curator = actor_with("curator", "teacher-pupil")
    given = {"version": found.version, "terms": TERMS, **options}
    return publishing.publish(actor=curator, round_id=found.pk, **given)


@pytest.fixture
def small(inside: None) -> Any:
    return placed()


def asked(mentee: Any) -> Any:
    return Proposal.objects.get(mentee=mentee, state="open")


def waiting() -> list[str]:
    rows = waiting_mentees(actor=actor_with("psychologist"), day=TODAY)
    return [row.person.surname for row in rows]


def test_a_board_goes_out_as_proposals_and_the_rest_wait(small: Any):
    found, mentors, _mentees = small
    assert published(found, answer_days=7) == 2
    assert list(Proposal.objects.order_by("mentee__number").values_list("mentor", "expires_on")) == [
        (mentors[0].pk, TODAY + timedelta(days=7)),
        (mentors[1].pk, TODAY + timedelta(days=7)),
    ]
    assert waiting() == ["Третий"]
    assert ("matching.published", str(found.pk)) in audited()
    with pytest.raises(FaultyActError, match="round_published"):
        published(found)


def test_a_board_goes_straight_to_drafts(small: Any):
    found, mentors, mentees = small
    Candidate.objects.filter(pk=mentees[2].pk).update(partner=mentors[0].pk)
    published(found, as_drafts=True)
    pairs = Pair.objects.exclude(pk=world.PAIR)
    assert sorted(pairs.values_list("mentor__surname", "mentee__surname", "group")) == [
        ("Доцентова", "Ёлкин", None),
        ("Учителев", "Третий", None),
        ("Учителев", "Ян", None),
    ]
    assert not Proposal.objects.exists()


def test_what_cannot_be_is_not_published(small: Any):
    found, mentors, mentees = small
    Candidate.objects.filter(pk=mentees[1].pk).update(vetoes=[str(mentors[1].pk)])
    with pytest.raises(FaultyActError) as caught:
        published(found, answer_days=0)
    assert [fault.code for fault in caught.value.faults] == ["bad_days", "veto_of_mentee"]
    assert caught.value.faults[1].sentence.startswith("Доцентова Анна – Ёлкин Лев: ")
    Candidate.objects.filter(pk=mentees[1].pk).update(changed_version=2)
    with pytest.raises(BoardChangedError):
        published(found)
    Candidate.objects.update(partner=None, changed_version=0)
    with pytest.raises(FaultyActError, match="no_pairs"):
        published(found)


def test_two_who_agree_become_a_draft_pair(small: Any):
    found, mentors, mentees = small
    published(found)
    row = asked(mentees[0])
    mentor = actor_with("mentor", person_id=mentors[0].person_id)
    mentee = actor_with("mentee", person_id=mentees[0].person_id)
    proposals.answer(actor=mentor, proposal_id=row.pk, is_accepted=True)
    with pytest.raises(FaultyActError, match="answered"):
        proposals.answer(actor=mentor, proposal_id=row.pk, is_accepted=True)
    done = proposals.answer(actor=mentee, proposal_id=row.pk, is_accepted=True)
    assert (done.state, done.pair.starts_on, done.pair.order) == ("agreed", date(2026, 12, 1), None)
    with pytest.raises(FaultyActError, match="over"):
        proposals.answer(actor=mentee, proposal_id=row.pk, is_accepted=False, reason="other")


def test_after_a_no_the_next_mentor_is_asked_and_a_free_place_goes_to_who_waits(small: Any):
    found, mentors, mentees = small
    spare = make_mentor(found, "Запасной Ян")
    published(found)
    # The place of the spare mentor is there from the beginning; nobody has asked for it yet.
    no = actor_with("mentee", person_id=mentees[0].person_id)
    proposals.answer(actor=no, proposal_id=asked(mentees[0]).pk, is_accepted=False, reason="other_person")
    assert (asked(mentees[0]).mentor_id, asked(mentees[0]).attempt) == (spare.pk, 2)
    assert asked(mentees[2]).mentor_id == mentors[0].pk
    assert waiting() == []
    with pytest.raises(FaultyActError, match="no_reason"):
        proposals.answer(actor=no, proposal_id=asked(mentees[0]).pk, is_accepted=False, reason="злой")


def test_whoever_takes_part_no_longer_leaves_and_is_asked_no_more(small: Any):
    found, mentors, mentees = small
    published(found)
    mentor = actor_with("mentor", person_id=mentors[0].person_id)
    proposals.answer(actor=mentor, proposal_id=asked(mentees[0]).pk, is_accepted=False, reason="no_more")
    mentors[0].refresh_from_db()
    assert mentors[0].out_at is not None
    assert set(waiting()) == {"Третий", "Ян"}


def test_nobody_answers_for_another_but_the_curator(small: Any):
    found, mentors, mentees = small
    published(found)
    row = asked(mentees[0])
    stranger = actor_with("mentor", person_id=mentors[1].person_id)
    other_form = actor_with("curator", "pupil-pupil")
    for actor in (stranger, other_form, actor_with("psychologist")):
        with pytest.raises(Http404):
            proposals.answer(actor=actor, proposal_id=row.pk, is_accepted=True, party="mentor")
    curator = actor_with("curator", "teacher-pupil")
    for party in ("mentor", "mentee"):
        proposals.answer(actor=curator, proposal_id=row.pk, is_accepted=True, party=party)
    assert Proposal.objects.get(pk=row.pk).state == "agreed"
    assert list(proposals_for(stranger)) == [asked(mentees[1])]


def test_time_and_leaving_end_what_must_end(small: Any):
    found, mentors, mentees = small
    spare = make_mentor(found, "Запасной Ян")
    published(found)
    assert proposals.end_what_must_end() == 0
    Proposal.objects.filter(mentee=mentees[0]).update(expires_on=TODAY - timedelta(days=1))
    Enrolment.objects.filter(person=mentors[1].person).update(left_on=TODAY)
    assert proposals.end_what_must_end() == 2
    states = dict(Proposal.objects.filter(attempt=1, mentee__in=mentees[:2]).values_list("mentee", "state"))
    assert states == {mentees[0].pk: "expired", mentees[1].pk: "withdrawn"}
    # Leaving is seen to first; the place of who was not answered in time goes to who has waited longer.
    assert asked(mentees[1]).mentor_id == spare.pk
    assert asked(mentees[2]).mentor_id == mentors[0].pk
    assert waiting() == ["Ян"]
    assert proposals.end_what_must_end() == 0


def test_after_a_silent_mentee_no_other_mentor_is_asked(small: Any):
    found, _mentors, mentees = small
    make_mentor(found, "Запасной Ян")
    published(found)
    row = asked(mentees[0])
    curator = actor_with("curator", "teacher-pupil")
    proposals.answer(actor=curator, proposal_id=row.pk, is_accepted=True, party="mentor")
    Proposal.objects.filter(pk=row.pk).update(expires_on=TODAY - timedelta(days=1))
    proposals.end_what_must_end()
    assert not Proposal.objects.filter(mentee=mentees[0]).exclude(pk=row.pk).exists()
    assert mentees[0].person.surname in waiting()


def test_a_closed_round_takes_back_what_nobody_answered(small: Any):
    found, _mentors, _mentees = small
    published(found)
    curator = actor_with("curator", "teacher-pupil")
    proposals.close_round(actor=curator, round_id=found.pk)
    assert set(Proposal.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert set(waiting()) == {"Третий", "Ян", "Ёлкин"}
    with pytest.raises(FaultyActError, match="not_published"):
        proposals.close_round(actor=curator, round_id=found.pk)


def test_whoever_found_a_mentor_waits_no_more(small: Any):
    found, mentors, mentees = small
    published(found)
    make_pair(mentors[0].person, mentees[2].person)
    assert waiting() == []


def test_a_proposal_is_answered_on_a_phone_and_tells_nobody_why(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, mentors, mentees = placed()
        published(found)
        row = asked(mentees[0])
    mentor = sign_in(client_at, SCHOOL_A, "mentor", person_id=mentors[0].person_id)
    assert "Вам предлагают наставляемого: Ян Борис" in mentor.get("/proposals/").content.decode()
    page = mentor.post(f"/proposals/{row.pk}/", {"answer": "no", "reason": "no_time"}, follow=True)
    assert "Ответ записан. Спасибо!" in page.content.decode()
    mentee = sign_in(client_at, SCHOOL_A, "mentee", person_id=mentees[0].person_id)
    shown = mentee.get(f"/proposals/{row.pk}/").content.decode()
    assert "Отказ" in shown
    assert "нет времени" not in shown
    assert mentee.get(f"/matching/{found.pk}/proposals/").status_code == 403
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    assert "Сейчас нет времени" in curator.get(f"/proposals/{row.pk}/").content.decode()
    assert "Отказ" in curator.get(f"/matching/{found.pk}/proposals/").content.decode()
    other = sign_in(client_at, SCHOOL_A, "mentor", person_id=mentors[1].person_id)
    assert other.get(f"/proposals/{row.pk}/").status_code == 404
    assert other.post(f"/proposals/{row.pk}/", {"answer": "yes"}).status_code == 404


def test_the_curator_publishes_and_the_psychologist_marks_support(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, _mentors, _mentees = placed()
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    typed = {"how": "proposals", "answer_days": "5", "starts_on": "2026-12-01", "version": "1"}
    refused = curator.post(f"/matching/{found.pk}/publish/", {**typed, "answer_days": "99"})
    assert refused.context["form"].errors["answer_days"]
    page = curator.post(f"/matching/{found.pk}/publish/", typed, follow=True).content.decode()
    assert "Опубликовано пар: 2." in page
    psychologist = sign_in(client_at, SCHOOL_A, "psychologist")
    page = psychologist.get("/waiting/")
    (row,) = page.context["rows"]
    assert (row["candidate"].person.surname, row["age"]) == ("Третий", "0 дней")
    page = psychologist.post(f"/waiting/{row['candidate'].pk}/support/", {"has_support": "1"}, follow=True)
    assert "Психологическое сопровождение, поиск продолжается" in page.content.decode()
    assert psychologist.get(f"/matching/{found.pk}/").status_code == 403


def test_more_proposals_and_waiting_cost_no_more_queries(client_at: Callable[[str], Client]):
    with school(SCHOOL_A.schema):
        found, _mentors, _mentees = placed()
        published(found)
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")

    def count() -> list[int]:
        counts = []
        for path in (f"/matching/{found.pk}/proposals/", "/proposals/", "/waiting/"):
            with CaptureQueriesContext(connection) as caught:
                assert curator.get(path).status_code == 200
            counts.append(len(caught))
        return counts

    count()
    before = count()
    with school(SCHOOL_A.schema):
        for number in range(3):
            mentor, mentee = make_mentor(found, f"Учителев Пётр{number}"), make_mentee(found, f"Ян Борис{number}")
            Proposal.objects.create(mentor=mentor, mentee=mentee, asked_at=found.created_at, expires_on=TODAY)
            make_mentee(found, f"Ждущий Лев{number}", waiting_since=TODAY)
    assert count() == before


def test_why_somebody_declined_is_not_for_a_leader_who_is_concerned(small: Any):
    found, mentors, mentees = small
    published(found)
    row = asked(mentees[0])
    Proposal.objects.filter(pk=row.pk).update(state="declined", reason="other_person", options=[str(mentors[1].pk)])
    row.refresh_from_db()

    def told(person: Any, role: str = "coordinator") -> str:
        # Without a participant's role he is not asked under this login, and is the same man.
        return refusal_reason_for(actor_with(role, person_id=person.pk if person else None), row)

    for concerned in (mentees[0], mentors[0], mentors[1]):
        assert told(concerned.person) == ""
    mother = make_person("Янова Анна", date(1980, 1, 1), ("parent",))
    Guardianship.objects.create(guardian=mother, ward=mentees[0].person, kinship="мать")
    assert told(mother) == ""
    assert told(None, "psychologist") == ""
    assert told(None) == told(mentees[1].person) == told(make_person("Иная Анна")) == "other_person"
