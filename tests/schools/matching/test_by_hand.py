"""What keeps two apart binds whoever makes a pair by hand; what was answered long ago, or for another form, nobody."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from schools.matching import services
from schools.matching.question import question_of
from schools.pairs.group_acts import change_mentor_of_group
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Group, Pair
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import FaultyActError
from tests.schools.makers import actor_with, make_consent, make_order, make_pair, make_person
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.schools.matching.test_questionnaires import answered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def by_hand(mentor: Any, *mentees: Any) -> Any:
    data = PairData(
        form_code="teacher-pupil",
        mentor_id=mentor.pk,
        mentee_ids=[row.pk for row in mentees],
        starts_on=date(2026, 9, 1),
    )
    return create_pairs(actor=actor_with("curator", "teacher-pupil"), data=data)


def refusal(mentor: Any, *mentees: Any) -> list[tuple[str, str]]:
    with pytest.raises(FaultyActError) as refused:
        by_hand(mentor, *mentees)
    return [(fault.code, fault.sentence.partition(":")[0]) for fault in refused.value.faults]


def test_a_ban_and_a_veto_of_a_round_bind_the_hand(inside: None):
    found = make_round()
    mentor = make_mentor(found, "Учителев Пётр")
    banned = make_mentee(found, "Ян Борис", bans=[str(mentor.pk)])
    unwanted, free = make_mentee(found, "Ёлкин Лев"), make_mentee(found, "Юдин Глеб")
    mentor.vetoes = [str(unwanted.pk)]
    mentor.save()
    told = refusal(mentor.person, banned.person, unwanted.person, free.person)
    assert told == [("kept_apart", "Ян Борис"), ("kept_apart", "Ёлкин Лев")]
    assert len(by_hand(mentor.person, free.person)) == 1
    found.state = "closed"
    found.save()
    assert len(by_hand(mentor.person, banned.person)) == 1


def test_an_answer_binds_the_hand_for_a_year_and_for_its_form(inside: None):
    from schools.questionnaires.models import Response, Round

    mentor, mentee = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",)), make_person("Ян Борис")
    answered(mentee, "mentee", {"not_with": [str(mentor.pk)]}, kind="preference")
    assert refusal(mentor, mentee) == [("kept_apart", "Ян Борис")]
    Round.objects.update(form_code="pupil-pupil")
    (pair,) = by_hand(mentor, mentee)
    pair.delete()
    Round.objects.update(form_code="teacher-pupil")
    assert refusal(mentor, mentee) == [("kept_apart", "Ян Борис")]
    Response.objects.update(submitted_at=timezone.now() - timedelta(days=370))
    assert len(by_hand(mentor, mentee)) == 1


@pytest.mark.parametrize("until", [None, date(2026, 12, 20)])
def test_another_mentor_is_bound_by_it_too_for_good_and_for_a_while(inside: None, until: date | None):
    found = make_round()
    mentor = make_mentor(found, "Учителев Пётр")
    unwanted, free = make_mentee(found, "Ёлкин Лев"), make_mentee(found, "Юдин Глеб")
    mentor.vetoes = [str(unwanted.pk)]
    mentor.save()
    former, group = make_person("Бывший Олег", date(1970, 1, 1), ("teacher",)), Group.objects.create(title="Группа")
    order = make_order()
    pairs = [make_pair(former, row.person, order=order, group=group) for row in (free, unwanted)]
    data = NewMentor(mentor_id=mentor.person_id, starts_on=date(2026, 11, 21), until=until)
    change = {"actor": actor_with("curator", "teacher-pupil"), "data": data}
    with pytest.raises(FaultyActError) as refused:
        change_mentor(pair_id=pairs[1].pk, **change)
    assert [(fault.code, fault.field) for fault in refused.value.faults] == [("kept_apart", "mentor")]
    with pytest.raises(FaultyActError):
        change_mentor_of_group(pair_id=pairs[0].pk, **change)
    assert not Pair.objects.filter(replaces__isnull=False).exists()
    assert change_mentor(pair_id=pairs[0].pk, **change).mentor_id == mentor.person_id


def test_who_said_no_last_year_is_asked_again(inside: None):
    from schools.questionnaires.models import Response

    found = make_round()
    mentee = make_mentee(found, "Ян Борис")
    answered(mentee.person, "mentee", {"takes_part": False})
    day = timezone.localdate()
    assert not question_of(found, day).mentees[mentee.pk].is_willing
    Response.objects.update(submitted_at=timezone.now() - timedelta(days=370))
    assert question_of(found, day).mentees[mentee.pk].is_willing


def test_whom_a_mentor_leads_already_takes_a_place(inside: None):
    curator, found = actor_with("curator", "teacher-pupil"), make_round()
    mentor = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",))
    make_consent(mentor)
    answered(mentor, "mentor", {"takes_part": True, "mentees_wanted": "1"})
    by_hand(mentor, make_person("Юдин Глеб"))
    services.add_willing(actor=curator, round_id=found.pk, side="mentor")
    (row,) = found.candidates.filter(side="mentor")
    mentee = make_mentee(found, "Ян Борис")
    question = question_of(found, timezone.localdate())
    assert (row.capacity, question.mentors[row.pk].places) == (1, 0)
    assert not question.may_propose(mentee.pk, row.pk)


def test_whoever_said_no_number_is_added_for_one_more(inside: None):
    curator, found = actor_with("curator", "teacher-pupil"), make_round()
    mentor = make_person("Учителев Пётр", date(1980, 1, 1), ("teacher",))
    by_hand(mentor, make_person("Юдин Глеб"))
    services.add_candidates(actor=curator, round_id=found.pk, side="mentor", person_ids=[mentor.pk])
    (row,) = found.candidates.all()
    question = question_of(found, timezone.localdate())
    assert (row.capacity, question.mentors[row.pk].places) == (2, 1)
