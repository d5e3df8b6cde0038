"""Whoever loses his pair in the middle of the year waits again, and his mentor's place is free for others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from schools.matching import proposals
from schools.matching.models import Candidate, Proposal
from schools.matching.models import Round as Matching
from schools.matching.selectors import waiting_mentees
from schools.matching.waiting_people import waiting_people
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Pair
from schools.pairs.services import discard_draft, end_pair
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.matching.test_proposals import asked, placed, published, waiting
from tests.schools.matching.test_waiting_people import asked_for_entry, make_waiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def small(inside: None) -> Any:
    return placed()


def curator() -> Any:
    return actor_with("curator", "teacher-pupil")


def gone_out(small: Any) -> Any:
    """Publish a round, in autumn."""
    published(small[0])
    Matching.objects.filter(pk=small[0].pk).update(published_at=datetime(2026, 9, 21, 9, tzinfo=UTC))
    return small


def agreed(mentee: Any, starts_on: date | None = None) -> Pair:
    """Have both say yes; with a first day the pair is in force from it on."""
    row = asked(mentee)
    for party in ("mentor", "mentee"):
        done = proposals.answer(actor=curator(), proposal_id=row.pk, is_accepted=True, party=party)
    pair: Pair = done.pair
    if starts_on is not None:
        pair.order, pair.starts_on = make_order(str(row.pk)[:8]), starts_on
        pair.save()
    return pair


def ended(pair: Pair, code: str, ends_on: date) -> None:
    end_pair(actor=actor_with("director"), pair_id=pair.pk, ends_on=ends_on, code=code)


@pytest.mark.parametrize("is_closed", [False, True])
def test_whose_mentor_leaves_waits_since_the_day_after(small: Any, is_closed: bool):
    found, _mentors, mentees = gone_out(small)
    Candidate.objects.filter(pk=mentees[0].pk).update(has_support=True)
    pair = agreed(mentees[0], date(2026, 10, 1))
    if is_closed:
        proposals.close_round(actor=curator(), round_id=found.pk)
    ended(pair, "left", date(2026, 11, 10))
    rows = {row.pk: row for row in waiting_mentees(actor=actor_with("psychologist"), day=TODAY)}
    assert rows[mentees[0].pk].waiting_since == date(2026, 11, 11)
    assert (rows[mentees[0].pk].partner, rows[mentees[0].pk].has_support) == (None, False)
    # Another reason of the same end leaves the wait, and what was marked of it, as they are.
    Candidate.objects.filter(pk=mentees[0].pk).update(has_support=True)
    ended(pair, "mentor_wish", date(2026, 11, 10))
    row = Candidate.objects.get(pk=mentees[0].pk)
    assert (row.waiting_since, row.has_support) == (date(2026, 11, 11), True)


def test_who_has_another_mentor_or_has_completed_does_not_wait(small: Any):
    _found, _mentors, mentees = gone_out(small)
    first, second = (agreed(mentees[at], date(2026, 10, 1)) for at in (0, 1))
    ended(first, "completed", date(2026, 11, 20))
    other = NewMentor(mentor_id=make_person("Новый Пётр", date(1980, 1, 1), ("teacher",)).pk, starts_on=TODAY)
    change_mentor(actor=actor_with("director"), pair_id=second.pk, data=other)
    assert waiting() == ["Третий"]
    assert Candidate.objects.get(pk=mentees[1].pk).waiting_since is None


def test_a_discarded_draft_frees_the_place_and_its_mentee_waits(small: Any):
    _found, mentors, mentees = gone_out(small)
    discard_draft(actor=curator(), pair_id=agreed(mentees[0]).pk)
    assert Candidate.objects.get(pk=mentees[0].pk).waiting_since == TODAY
    proposals.answer(
        actor=curator(), proposal_id=asked(mentees[1]).pk, is_accepted=False, reason="no_time", party="mentor"
    )
    # The place goes to who was not asked for it yet; whom the round has paired once is the curator's to see to.
    assert asked(mentees[1]).mentor_id == mentors[0].pk
    assert not Proposal.objects.filter(mentee=mentees[0], state="open").exists()
    assert "Ян" in waiting()


def test_a_place_is_taken_as_long_as_the_two_have_a_pair(small: Any):
    found, mentors, mentees = gone_out(small)
    pair = agreed(mentees[0], date(2026, 10, 1))
    taken = lambda: proposals._taken_places(found).get(mentors[0].pk, 0)  # noqa: E731
    assert taken() == 1
    Pair.objects.filter(pk=pair.pk).update(ends_on=TODAY - timedelta(days=1))
    assert taken() == 0
    # As after a cancelled order.
    make_pair(mentors[0].person, mentees[0].person, starts_on=TODAY, replaces=pair)
    assert taken() == 1


def test_a_draft_by_hand_that_goes_leaves_the_wait_as_long_as_it_was(small: Any):
    _found, mentors, mentees = gone_out(small)
    Candidate.objects.filter(pk=mentees[2].pk).update(waiting_since=date(2026, 10, 1), has_support=True)
    draft = make_pair(mentors[0].person, mentees[2].person)
    assert waiting() == []
    discard_draft(actor=curator(), pair_id=draft.pk)
    row = Candidate.objects.get(pk=mentees[2].pk)
    assert (row.waiting_since, row.has_support) == (date(2026, 10, 1), True)
    # The wait before a pair that was in force is over.
    ended(
        make_pair(mentors[0].person, mentees[2].person, order=make_order(), starts_on=date(2026, 10, 5)),
        "mentor_wish",
        TODAY,
    )
    assert Candidate.objects.get(pk=mentees[2].pk).waiting_since == TODAY + timedelta(days=1)


@pytest.mark.usefixtures("inside")
def test_beside_the_rounds_the_months_in_a_pair_are_no_waiting():
    form = asked_for_entry()
    mentor, order = make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",)), make_order()
    make_consent(mentor)
    terms = {"starts_on": date(2026, 11, 20), "ends_on": TODAY - timedelta(days=1), "order": order}
    lost, had = make_waiting(form, "Потерявший Ян"), make_waiting(form, "Прошедший Ян")
    make_pair(mentor, lost, end_code="mentor_wish", **terms)
    make_pair(mentor, had, end_code="completed", **terms)
    make_pair(
        mentor,
        make_waiting(form, "Давний Ян"),
        **{**terms, "ends_on": date(2026, 5, 31), "starts_on": date(2026, 1, 1)},
    )
    found = waiting_people(actor=actor_with("psychologist"), day=TODAY)
    assert [(row.surname, row.waiting_since) for row in found] == [
        ("Давний", date(2026, 11, 20)),
        ("Потерявший", TODAY),
    ]
