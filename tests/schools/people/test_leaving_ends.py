"""Somebody leaves in the middle of the year: what must end ends, what is left is said, nothing is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client

from core.tenancy import school
from schools.matching.board import Board
from schools.matching.models import Candidate, Proposal
from schools.matching.proposals import end_what_must_end
from schools.matching.question import question_of
from schools.meetings.models import Meeting
from schools.pairs.models import Pair
from schools.people.joining import models_that_point_at_people
from schools.people.leaving import followed_models, leave
from schools.people.models import Enrolment
from schools.questionnaires.models import Response
from schools.questionnaires.selectors import counted
from schools.worklist.domain import Matter
from schools.worklist.selectors import what_waits
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor
from tests.schools.matching.makers import make_round as make_matching
from tests.schools.questionnaires.makers import make_response, make_round
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

# What stays when somebody leaves, and why; what ends with something else names it.
STAYS = {
    "people.Enrolment": "it is the leaving",
    "people.FormerName": "papers go on calling him so",
    "people.Guardianship": "parents stay parents",
    "people.MergedPerson": "an address of the card",
    "people.NotTheSame": "about cards, not about being here",
    "people.PersonKind": "what somebody was is history; a side of a form asks also whether he is here",
    "people.Release": "a transfer has a course of its own",
    "consents.Consent": "withdrawn by its owner alone; counting and matching ask besides who is enrolled",
    "clearances.Clearance": "papers of the past; expected of nobody who mentors no more",
    "training.Training": "what somebody has learned, he has learned",
    "matching.Support": "the mark of a list on which only those stand who are here",
    "participants.Concern": "what was said has still to be answered",
    "meetings.Meeting": "planned ones are cancelled when the pair ends",
    "meetings.Plan": "history of the pair",
    "pairs.PartnerRequest": "whoever settles it ends the pair",
    "rights.Destruction": "what the law lets be asked for has a course of its own",
    "worklist.Contact": "history of the pair; nothing is due of one that has ended",
    "worklist.Reminder": "about a pair that goes on, read until it ends",
}


def test_every_table_that_hangs_on_a_person_is_seen_to():
    """A new table that points at people or at pairs, or keeps a person's id, ends with his leaving or says why not."""
    hanging = models_that_point_at_people() | {row.related_model for row in Pair._meta.related_objects}
    tied = {
        model
        for model in apps.get_models()
        for field in model._meta.fields
        if field.name == "person_id" and not field.is_relation
    }
    seen_to = {model._meta.label for model in followed_models()}
    assert {model._meta.label for model in hanging | tied} == (seen_to - {"matching.Proposal"}) | STAYS.keys()
    assert not seen_to & STAYS.keys()


@pytest.fixture
def leaver(db: None, today: date) -> Any:
    """Return a teacher with everything that can hang on a person, and his enrolment."""
    with school(SCHOOL_A.schema):
        found = make_matching()
        there = make_mentor(found, "Уходящев Пётр")
        person = there.person
        Candidate.objects.filter(pk=there.pk).update(capacity=3)
        make_mentee(found, "Ян Борис", partner=there, is_locked=True)
        asked = make_matching(
            state="published", title="Весна", terms={"starts_on": "2026-12-01", "ends_on": None, "role_variant": ""}
        )
        mentor = make_mentor(asked, "Запасной Ян")
        his = Candidate.objects.create(round=asked, person=person, side="mentor", number=2)
        mentee = make_mentee(asked, "Ёлкин Лев")
        Proposal.objects.create(mentor=his, mentee=mentee, asked_at=asked.created_at, expires_on=TODAY)
        pair = make_pair(person, make_person("Третий Лев"), order=make_order())
        said = {"kind": "regular", "created_at": "2026-11-10T08:00Z"}
        Meeting.objects.create(pair=pair, state="planned", held_on=TODAY + timedelta(days=5), **said)
        waits = make_response(make_round(role="mentor"), person)
        user = make_user("curator", "teacher-pupil", login="leaving-teacher", person_id=person.pk)
        return {
            "found": found, "person": person, "mentee": mentee, "mentor": mentor, "pair": pair, "waits": waits,
            "user": user, "enrolment": person.enrolments.get(),
        }  # fmt: skip


@pytest.mark.django_db
def test_everything_ends_or_is_said(leaver: dict[str, Any], client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    page = director.post(
        f"/people/enrolments/{leaver['enrolment'].pk}/leave/", {"left_on": TODAY.isoformat()}, follow=True
    )
    body = page.content.decode()
    for sentence in (
        "Выбыл из подбора пар «Осень».",
        "Выбыл из подбора пар «Весна».",
        "Предложения о паре отозваны: 1.",
        '<a href="/pairs/leavers/">Пары, которые осталось завершить: 1.</a>',
        "Анкеты, которых от него больше не ждут: 1.",
        f'<a href="/staff/{leaver["user"].pk}/">Вход в платформу у этого человека открыт',
    ):
        assert sentence in body, sentence
    with school(SCHOOL_A.schema):
        board = Board(leaver["found"], question_of(leaver["found"], TODAY))
        assert (list(board.question.mentors), board.question.placed) == ([], {})
        assert Proposal.objects.get(mentee=leaver["mentee"], state="open").mentor_id == leaver["mentor"].pk
        assert not counted(Response.objects.filter(pk=leaver["waits"].pk)).exists()
    ended = director.post("/pairs/leavers/", {"pairs": [leaver["pair"].pk], "reason": "Уволился"}, follow=True)
    assert ended.status_code == 200
    with school(SCHOOL_A.schema):
        pair = Pair.objects.get(pk=leaver["pair"].pk)
        assert (pair.ends_on, pair.end_code) == (TODAY - timedelta(days=1), "left")
        assert Meeting.objects.get(pair=pair).state == "cancelled"
        waiting = what_waits(actor_with("director"), TODAY)
        assert not any(getattr(row, "pair", None) == pair for found in waiting for row in found.rows)


@pytest.mark.django_db
def test_nothing_ends_before_the_day_nor_with_somebody_who_stays(leaver: dict[str, Any]):
    with school(SCHOOL_A.schema):
        director, enrolment = actor_with("director"), leaver["enrolment"]
        later = leave(actor=director, enrolment_id=enrolment.pk, left_on=TODAY + timedelta(days=9))
        assert later[1] == []
        Enrolment.objects.create(person=leaver["person"], kind="staff", admitted_on=TODAY)
        assert leave(actor=director, enrolment_id=enrolment.pk, left_on=TODAY)[1] == []
        assert Proposal.objects.get(mentee=leaver["mentee"]).state == "open"


@pytest.mark.django_db
def test_a_teacher_who_works_elsewhere_too_leaves_the_teachers_side_and_stays_on_the_other(leaver: dict[str, Any]):
    with school(SCHOOL_A.schema):
        person = leaver["person"]
        person.kinds.create(kind="enterprise")
        outside = make_matching(form_code="employer-pupil", title="Завод")
        there = Candidate.objects.create(round=outside, person=person, side="mentor", number=1)
        said = leave(actor=actor_with("director"), enrolment_id=leaver["enrolment"].pk, left_on=TODAY)[1]
        assert "Предложения о паре отозваны: 1." in [row.sentence for row in said]
        still = Candidate.objects.filter(person=person, out_at__isnull=True)
        assert list(still) == [there]
        assert list(question_of(outside, TODAY).mentors) == [there.pk]


@pytest.mark.django_db
def test_a_list_or_a_day_to_come_ends_a_parent_s_proposals_as_a_teacher_by_night(leaver: dict[str, Any]):
    with school(SCHOOL_A.schema):
        leaver["person"].kinds.create(kind="parent")
        Enrolment.objects.filter(pk=leaver["enrolment"].pk).update(left_on=TODAY)
        assert list(question_of(leaver["found"], TODAY).mentors) == []
        assert end_what_must_end() == 1
        assert Proposal.objects.get(mentee=leaver["mentee"], state="open").mentor_id == leaver["mentor"].pk


@pytest.mark.django_db
def test_pairs_of_who_has_left_wait_from_the_day_on_for_whoever_ends_pairs(leaver: dict[str, Any]):
    with school(SCHOOL_A.schema):
        director = actor_with("director")
        Enrolment.objects.filter(pk=leaver["enrolment"].pk).update(left_on=TODAY + timedelta(days=1))
        of_leavers = {"matters": [Matter.LEAVERS]}
        assert what_waits(director, TODAY, **of_leavers) == []
        (found,) = what_waits(director, TODAY + timedelta(days=1), **of_leavers)
        assert [(row.pair, row.since) for row in found.rows] == [(leaver["pair"], TODAY)]
        assert what_waits(actor_with("class_teacher", str(uuid4())), TODAY + timedelta(days=1), **of_leavers) == []
        Pair.objects.filter(pk=leaver["pair"].pk).update(ends_on=TODAY)
        assert what_waits(director, TODAY + timedelta(days=1), **of_leavers) == []


@pytest.mark.django_db
def test_whoever_may_not_read_rounds_and_accounts_is_told_no_more_than_that(leaver: dict[str, Any]):
    with school(SCHOOL_A.schema):
        keeper = actor_with("coordinator")
        said = [row.sentence for row in leave(actor=keeper, enrolment_id=leaver["enrolment"].pk, left_on=TODAY)[1]]
        assert "Выбыл из подбора пар «Весна»." in said
        assert sum("Вход в платформу" in sentence for sentence in said) == 1
