"""Who waits no more: by a curator's word with a reason, by his own «больше не участвую», by a newer «нет»."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from core.authz import RefusedError
from core.tenancy import school
from schools.matching import proposals
from schools.matching.models import Candidate, Support
from schools.matching.services import add_willing
from schools.matching.waiting_ends import end_wait_of_candidate, end_wait_of_person
from schools.matching.waiting_people import waiting_people
from schools.people.errors import FaultyActError
from tests.schools.makers import TODAY, actor_with, audited
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.matching.test_proposals import asked, placed, published, waiting
from tests.schools.matching.test_waiting_people import asked_for_entry, make_waiting
from tests.schools.questionnaires.makers import make_response
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def small(inside: None) -> Any:
    return placed()


def curator(form: str = "teacher-pupil") -> Any:
    return actor_with("curator", form)


def beside() -> list[str]:
    return [person.surname for person in waiting_people(actor=actor_with("psychologist"), day=TODAY)]


def willing(found: Any) -> set[Any]:
    # Somebody always is, so that the answer is never the refusal that nobody is.
    one = make_waiting(asked_for_entry(), "Всегдашний Ян")
    added = add_willing(actor=curator(), round_id=found.pk, side="mentee")
    return {row.person_id for row in added} - {one.pk}


def test_who_waits_after_a_round_is_taken_off_also_when_it_is_closed(small: Any):
    found, _mentors, mentees = small
    published(found)
    proposals.close_round(actor=curator(), round_id=found.pk)
    third = mentees[2]
    with pytest.raises(FaultyActError, match="no_reason"):
        end_wait_of_candidate(actor=curator(), candidate_id=third.pk, reason="злой")
    for other in (curator("pupil-pupil"), actor_with("psychologist")):
        with pytest.raises(RefusedError):
            end_wait_of_candidate(actor=other, candidate_id=third.pk, reason="no_need")
    assert "Третий" in waiting()
    end_wait_of_candidate(actor=curator(), candidate_id=third.pk, reason="no_need")
    assert "Третий" not in waiting()
    assert audited()[-1] == ("matching.wait_ended", str(third.person_id))
    with pytest.raises(Http404):
        end_wait_of_candidate(actor=curator(), candidate_id=third.pk, reason="no_need")


@pytest.mark.usefixtures("inside")
def test_who_waits_beside_the_rounds_is_taken_off_until_he_answers_anew():
    entry = asked_for_entry()
    person = make_waiting(entry, "Новиков Ян", submitted_at=timezone.now() - timedelta(days=1))
    other = make_waiting(entry, "Другой Ян")
    with pytest.raises(RefusedError):
        end_wait_of_person(actor=curator("pupil-pupil"), person_id=person.pk, reason="no_wish")
    end_wait_of_person(actor=curator(), person_id=person.pk, reason="no_wish")
    assert beside() == ["Другой"]
    assert Support.objects.get().end_code == "no_wish"
    assert willing(make_matching()) == {other.pk}
    later = {"takes_part": True}
    make_response(asked_for_entry(), person, later, submitted_at=timezone.now() + timedelta(hours=1))
    assert person.pk in willing(make_matching())


@pytest.mark.parametrize("reason", ["no_more", "no_time"])
def test_who_said_that_he_takes_part_no_more_is_added_by_no_answer_from_before(small: Any, reason: str):
    found, _mentors, mentees = small
    him = mentees[0].person
    make_response(asked_for_entry(), him, {"takes_part": True}, submitted_at=datetime(2026, 9, 20, 9, tzinfo=UTC))
    published(found)
    proposals.answer(
        actor=curator(), proposal_id=asked(mentees[0]).pk, is_accepted=False, reason=reason, party="mentee"
    )
    assert ("Ян" in waiting()) == (reason == "no_time")
    assert beside() == []
    assert (him.pk in willing(make_matching())) == (reason == "no_time")


def test_a_newer_no_and_a_later_round_speak_for_who_waits(small: Any):
    found, _mentors, mentees = small
    published(found)
    later = make_matching(title="Весна", created_at=found.created_at + timedelta(days=1))
    again = Candidate.objects.create(
        round=later, person=mentees[2].person, side="mentee", number=1, waiting_since=TODAY
    )
    # While it is being prepared, the former one says how he stands; then it does, and once.
    assert waiting() == ["Третий", "Третий"]
    Candidate.objects.filter(pk=again.pk).update(waiting_since=None)
    assert waiting() == ["Третий"]
    type(later).objects.filter(pk=later.pk).update(state="published")
    assert waiting() == []
    Candidate.objects.filter(pk=again.pk).update(waiting_since=TODAY)
    assert waiting() == ["Третий"]
    make_response(asked_for_entry(), mentees[2].person, {"takes_part": False})
    assert waiting() == []


def test_the_page_asks_why_and_the_psychologist_has_no_such_link(client_at: Any):
    with school(SCHOOL_A.schema):
        person = make_waiting(asked_for_entry(), "Новиков Ян")
    head, address = sign_in(client_at, SCHOOL_A, "coordinator"), f"/waiting/people/{person.pk}/end/"
    assert f'href="{address}"' in head.get("/waiting/people/").content.decode()
    assert "Выберите, почему человек больше не ждёт." in head.post(address).content.decode()
    done = head.post(address, {"reason": "no_need"}, follow=True).content.decode()
    assert "Больше не ждёт: Новиков Ян." in done
    assert address not in done
    psychologist = sign_in(client_at, SCHOOL_A, "psychologist")
    assert psychologist.get(address).status_code == 403
    assert "/end/" not in psychologist.get("/waiting/").content.decode()
