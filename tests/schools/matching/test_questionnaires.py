"""What people answer in questionnaires reaches the round and the run."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from schools.matching import services
from schools.matching.board import Board
from schools.matching.question import question_of
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from tests.schools.makers import actor_with, make_consent, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
_NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def answered(person: Any, role: str, answers: dict[str, Any], kind: str = "entry") -> None:
    from schools.questionnaires.models import Response, Round, Template

    options = [{"code": "physics", "title": "физика"}]
    template, _made = Template.objects.get_or_create(
        code=f"{kind}-{role}",
        version=1,
        defaults={
            "title": "Анкета",
            "kind": kind,
            "role": role,
            "items": [{"code": "subjects", "text": "?", "type": "choices", "required": False, "options": options}],
            "created_at": _NOW,
        },
    )
    asked, _made = Round.objects.get_or_create(template=template, title="Осень", defaults={"opened_at": _NOW})
    Response.objects.create(round=asked, person=person, state="submitted", submitted_at=_NOW, answers=answers)


def test_those_who_want_to_take_part_are_added_with_their_wishes(inside: None):
    curator, found = actor_with("curator", "teacher-pupil"), make_round()
    willing = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",))
    other = make_person("Доцентова Анна", date(1980, 1, 1), ("teacher",))
    answered(willing, "mentor", {"takes_part": True, "mentees_wanted": "3", "wanted_ages": ["11_13"]})
    answered(other, "mentor", {"takes_part": False})
    services.add_willing(actor=curator, round_id=found.pk, side="mentor")
    (row,) = found.candidates.all()
    assert (row.person, row.capacity, row.wishes, row.source) == (
        willing,
        3,
        {"age_from": 11, "age_to": 13},
        "questionnaire",
    )
    with pytest.raises(FaultyActError, match="nobody"):
        services.add_willing(actor=curator, round_id=found.pk, side="mentor")


def test_a_refusal_holds_under_another_card_and_beside_the_paper_of_the_meeting(inside: None):
    found = make_round()
    mentee = make_mentee(found, "Ян Борис")
    kept, gone = make_mentor(found, "Учителев Пётр"), make_person("Учителёв Петр", date(1980, 1, 1), ("teacher",))
    other = make_mentor(found, "Доцентова Анна")
    answered(mentee.person, "mentee", {"not_with": [str(gone.pk)]}, kind="preference")
    merge_people(actor=actor_with("director"), kept_id=kept.person_id, gone_id=gone.pk, from_gone=())
    mentee.vetoes = [str(other.pk)]
    mentee.save()
    board = Board(found, question_of(found, timezone.localdate()))
    for mentor in (kept, other):
        assert board.pair(mentee.pk, mentor.pk).forbidden == ["Наставляемый после встречи отметил: не подходит."]


def test_answers_speak_for_a_pair_and_a_no_keeps_it_away(inside: None):
    curator, found = actor_with("curator", "teacher-pupil"), make_round()
    mentor = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",))
    mentees = [make_person("Ян Борис"), make_person("Ёлкин Лев")]
    for person in (mentor, *mentees):
        make_consent(person)
    answered(mentor, "mentor", {"takes_part": True, "subjects": ["physics"]})
    answered(mentees[0], "mentee", {"takes_part": True, "subjects": ["physics"]})
    answered(mentees[0], "mentee", {"wanted_mentors": [str(mentor.pk)]}, kind="preference")
    answered(mentees[1], "mentee", {"takes_part": False})
    for side, people in (("mentor", [mentor]), ("mentee", mentees)):
        services.add_candidates(
            actor=curator, round_id=found.pk, side=side, person_ids=[person.pk for person in people]
        )
    board = Board(found, question_of(found, timezone.localdate()))
    pk = {row.person_id: row.pk for row in found.candidates.all()}
    shown = board.pair(pk[mentees[0].pk], pk[mentor.pk])
    assert shown.reasons == [
        "Наставляемый выбрал этого наставника 1-м по счёту.",
        "Нужна помощь по предметам, которые ведёт или знает наставник: физика.",
    ]
    refused = board.pair(pk[mentees[1].pk], pk[mentor.pk])
    assert refused.forbidden == ["Наставляемый ответил, что не хочет участвовать."]
