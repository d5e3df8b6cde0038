"""While the worker computes: delivered twice, asked anew, changed by hand, discarded, a consent withdrawn."""

from __future__ import annotations

from typing import Any

import pytest

from schools.matching import runs
from schools.matching.domain.fit import score_table
from schools.matching.models import Candidate, Round, Run
from schools.matching.placing import place, set_ban
from schools.matching.question import question_of
from schools.matching.services import discard_round
from tests.schools.makers import TODAY, actor_with
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.schools.matching.test_board import board_of, partners

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def asked(inside: None) -> Any:
    """Return a round of a mentor and two mentees of whom he wants the first, and a run in the queue."""
    found = make_round()
    mentees = [make_mentee(found, "Ян Борис"), make_mentee(found, "Ёлкин Лев")]
    mentor = make_mentor(found, "Учителев Пётр", preferences=[str(mentees[0].pk)])
    run = runs.ask_for_run(actor=curator(), round_id=found.pk, mode="optimal")
    return found, mentor, mentees, run


def curator() -> Any:
    return actor_with("curator", "teacher-pupil")


def meanwhile(monkeypatch: pytest.MonkeyPatch, *acts: Any) -> None:
    """Do one act after each solving, before the answer is stored."""
    solved, left = runs._solved, list(acts)

    def busy(*arguments: Any) -> Any:
        result = solved(*arguments)
        if left:
            left.pop(0)()
        return result

    monkeypatch.setattr(runs, "_solved", busy)


def test_a_task_delivered_three_times_at_once_lays_one_answer(asked: Any, monkeypatch: pytest.MonkeyPatch):
    found, mentor, mentees, run = asked

    def another() -> None:
        runs.compute(run.pk)
        place(actor=curator(), candidate_id=mentees[1].pk, mentor_id=mentor.pk, version=9, instead_of=mentees[0].pk)

    meanwhile(monkeypatch, another)
    runs.compute(run.pk)
    runs.compute(run.pk)
    assert partners(found) == {"Ёлкин": "Учителев"}
    assert Round.objects.get(pk=found.pk).version == 3
    assert Run.objects.get().state == "done"


def test_a_run_that_was_given_up_does_not_come_back(asked: Any, monkeypatch: pytest.MonkeyPatch):
    found, _mentor, _mentees, run = asked
    meanwhile(monkeypatch, lambda: Run.objects.filter(pk=run.pk).delete())
    runs.compute(run.pk)
    assert (partners(found), Run.objects.count()) == ({}, 0)


def test_a_round_that_was_discarded_meanwhile_is_no_defect(asked: Any, monkeypatch: pytest.MonkeyPatch):
    found, _mentor, _mentees, run = asked
    meanwhile(monkeypatch, lambda: discard_round(actor=actor_with("coordinator"), round_id=found.pk))
    runs.compute(run.pk)
    assert not Run.objects.exists()


def test_what_was_changed_by_hand_meanwhile_is_computed_with(asked: Any, monkeypatch: pytest.MonkeyPatch):
    found, mentor, mentees, run = asked
    act = {"actor": curator(), "candidate_id": mentees[1].pk, "mentor_id": mentor.pk}
    meanwhile(monkeypatch, lambda: place(**act, version=1, is_locked=True))
    runs.compute(run.pk)
    assert partners(found) == {"Ёлкин": "Учителев"}
    assert not board_of(found).is_stale


def test_a_board_that_never_rests_is_left_as_it_is(asked: Any, monkeypatch: pytest.MonkeyPatch):
    found, mentor, mentees, run = asked
    act = {"actor": curator(), "candidate_id": mentees[1].pk, "mentor_id": mentor.pk}
    bans = [lambda banned=banned: set_ban(**act, version=9, is_banned=banned) for banned in (True, False, True)]
    meanwhile(monkeypatch, *bans)
    runs.compute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.failure, partners(found)) == ("failed", ["board_busy"], {})


def test_nobody_whose_consent_ended_meanwhile_is_laid_on_the_board(asked: Any, monkeypatch: pytest.MonkeyPatch):
    found, _mentor, mentees, run = asked
    meanwhile(monkeypatch, lambda: mentees[0].person.consents.update(withdrawn_on=TODAY))
    runs.compute(run.pk)
    assert (partners(found), board_of(found).is_stale) == ({}, True)


def test_as_many_pairs_are_priced_as_the_rules_allow(inside: None):
    """From people to the checker's figure: no pair of the table is lost or stands at another's place."""
    found = make_round()
    mentors = [make_mentor(found, f"Учителев Пётр{at}", wishes={"age_from": at + 9}) for at in range(4)]
    mentees = [make_mentee(found, f"Ян Борис{at}", consents=at != 2) for at in range(5)]
    Candidate.objects.filter(pk=mentees[0].pk).update(vetoes=[str(mentors[3].pk)], bans=[str(mentors[1].pk)])
    Candidate.objects.filter(pk=mentors[0].pk).update(vetoes=[str(mentees[4].pk)], preferences=[str(mentees[3].pk)])
    board = board_of(found)
    allowed = sum(
        not board.pair(mentee.pk, mentor.pk).forbidden and mentee is not mentees[2]
        for mentee in mentees
        for mentor in mentors
    )
    run = runs.ask_for_run(actor=curator(), round_id=found.pk, mode="optimal")
    runs.compute(run.pk)
    run.refresh_from_db()
    assert run.report["priced"] == allowed == 13
    question = question_of(found, TODAY)
    table = score_table([*question.mentees.values()], [*question.mentors.values()], question.form, bans=question.bans)
    for row, mentee in enumerate(mentees):
        for column, mentor in enumerate(mentors):
            shown = board.pair(mentee.pk, mentor.pk)
            is_allowed = not shown.forbidden and mentee is not mentees[2]
            assert (table[row, column] == shown.score) if is_allowed else (table[row, column] < 0)
