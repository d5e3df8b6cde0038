"""Training is noted, mended and struck out with its history; who has none is warned about and goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.http import Http404

from core.authz import RefusedError
from core.tenancy import school
from schools.matching.board import board_for
from schools.pairs.models import Pair
from schools.pairs.remarks import remarks_on_mentor, remarks_on_pair
from schools.pairs.selectors import with_people, with_state
from schools.pairs.services import PairData, create_pairs
from schools.people.errors import FaultyActError
from schools.people.merging import merge_people
from schools.people.models import Person
from schools.training import services
from schools.training.models import Training
from schools.training.selectors import people_with_training, trained, training_of
from schools.training.services import TrainingData
from schools.training.words import hours_in_words, term_of_training, untrained
from tenants.reference.selectors import definitions_now
from tests.schools.makers import (
    TODAY,
    actor_with,
    audited,
    make_consent,
    make_order,
    make_pair,
    make_person,
    make_training,
)
from tests.schools.matching.makers import make_mentee, make_mentor, make_round
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.seeds import NOW
from tests.support.world import SCHOOL_A

COURSE = TrainingData(title=" Школа  наставников ", finished_on=date(2026, 8, 28), hours=36, document=" уд.  № 7 ")


def teacher(name: str = "Педагог Опытный") -> Any:
    return make_person(name, date(1980, 1, 1), ("teacher",))


def codes(caught: Any) -> list[str]:
    return [fault.code for fault in caught.value.faults]


@pytest.mark.usefixtures("inside")
def test_it_is_noted_once_and_audited():
    mentor, curator = teacher(), actor_with("curator", "teacher-pupil")
    row = services.note_training(actor=curator, person_id=mentor.pk, data=COURSE)
    assert (row.title, row.document, row.noted_by) == ("Школа наставников", "уд. № 7", curator.pk)
    assert audited()[-1] == ("training.noted", str(mentor.pk))
    with pytest.raises(FaultyActError, match="noted_already"):
        services.note_training(actor=curator, person_id=mentor.pk, data=COURSE)
    assert (term_of_training(row), hours_in_words(row.hours), hours_in_words(None)) == ("28.08.2026", "36 часов", "")
    row.begun_on = date(2026, 8, 20)
    assert term_of_training(row) == "20.08.2026 – 28.08.2026"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "  "}, "no_title"),
        ({"finished_on": date(2026, 11, 22)}, "not_finished"),
        ({"finished_on": date(206, 8, 28)}, "too_early"),
        ({"begun_on": date(2026, 8, 29)}, "begun_after"),
        ({"hours": 0}, "hours"),
        ({"hours": 2001}, "hours"),
    ],
)
def test_what_cannot_be_is_refused(changed: dict[str, Any], code: str):
    data = {"title": "Курсы", "finished_on": date(2026, 8, 28), **changed}
    with pytest.raises(FaultyActError) as caught:
        services.note_training(actor=actor_with("director"), person_id=teacher().pk, data=TrainingData(**data))
    assert codes(caught) == [code]
    assert not Training.objects.exists()


@pytest.mark.usefixtures("inside")
def test_a_slip_is_mended_and_a_mistake_struck_out_with_the_former_wording_kept():
    director, mentor = actor_with("director"), teacher()
    row = make_training(mentor, "Курсы")
    services.correct_training(actor=director, training_id=row.pk, data=COURSE)
    row.refresh_from_db()
    assert [told["was"] for told in row.history] == [{"title": "Курсы", "hours": "", "document": ""}]
    with pytest.raises(FaultyActError, match="no_reason"):
        services.strike_training(actor=director, training_id=row.pk, reason=" ")
    assert trained([mentor.pk], TODAY) == {mentor.pk}
    services.strike_training(actor=director, training_id=row.pk, reason="не окончены")
    assert trained([mentor.pk], TODAY) == set()
    for act in (
        lambda: services.strike_training(actor=director, training_id=row.pk, reason="ещё раз"),
        lambda: services.correct_training(actor=director, training_id=row.pk, data=COURSE),
    ):
        with pytest.raises(FaultyActError, match="struck"):
            act()
    # What was struck out may be noted anew.
    services.note_training(actor=director, person_id=mentor.pk, data=COURSE)
    assert [each.struck_at is None for each in training_of(mentor)] == [True, False]
    acts = [name for name, _pk in audited() if name.startswith("training.")]
    assert acts == ["training.corrected", "training.struck", "training.noted"]


@pytest.mark.usefixtures("inside")
def test_who_may_reach_whose_training():
    mentor, guest = teacher(), make_person("Гостев Глеб", date(1980, 1, 1), ("enterprise",))
    pupil = make_person(room="7Я")
    row = make_training(mentor)
    reached = {
        role: set(people_with_training(actor_with(*role)).values_list("pk", flat=True))
        & {mentor.pk, guest.pk, pupil.pk}
        for role in (
            ("coordinator",),
            ("curator", "teacher-pupil"),
            ("curator", "employer-pupil"),
            ("class_teacher", str(pupil.enrolments.get().school_class_id)),
            ("psychologist",),
            ("mentor",),
        )
    }
    assert list(reached.values()) == [
        {mentor.pk, guest.pk, pupil.pk}, {mentor.pk}, {guest.pk}, {pupil.pk}, set(), set(),
    ]  # fmt: skip
    with pytest.raises(RefusedError):
        services.note_training(actor=actor_with("psychologist"), person_id=mentor.pk, data=COURSE)
    for act in (
        lambda actor: services.note_training(actor=actor, person_id=mentor.pk, data=COURSE),
        lambda actor: services.correct_training(actor=actor, training_id=row.pk, data=COURSE),
        lambda actor: services.strike_training(actor=actor, training_id=row.pk, reason="нет"),
    ):
        with pytest.raises(Http404):
            act(actor_with("curator", "employer-pupil"))
    row.refresh_from_db()
    assert (Training.objects.count(), row.struck_at) == (1, None)


@pytest.mark.usefixtures("inside")
def test_an_untrained_mentor_is_warned_about_by_hand_and_goes_on():
    mentor, pupil = teacher(), make_person()
    for person in (mentor, pupil):
        make_consent(person)
    data = PairData(form_code="teacher-pupil", mentor_id=mentor.pk, mentee_ids=[pupil.pk], starts_on=date(2026, 11, 23))
    (pair,) = create_pairs(actor=actor_with("curator", "teacher-pupil"), data=data)
    assert remarks_on_mentor(pair.mentor, TODAY) == [untrained("Педагог Опытный")]
    row = make_training(mentor, finished_on=date(2026, 11, 22))
    assert remarks_on_mentor(pair.mentor, TODAY) == [untrained("Педагог Опытный")], "not finished by the day"
    Training.objects.filter(pk=row.pk).update(finished_on=TODAY)
    assert remarks_on_mentor(pair.mentor, TODAY) == []


@pytest.mark.usefixtures("inside")
def test_the_card_of_a_pair_warns_of_him_while_it_is_a_draft():
    mentor, pupil = teacher(), make_person()
    for person in (mentor, pupil):
        make_consent(person)
    said = untrained("Педагог Опытный")
    draft = make_pair(mentor, pupil)
    acting = make_pair(mentor, make_person(), order=make_order())
    coming = make_pair(mentor, make_person(), order=make_order("7", date(2026, 12, 1)))
    ended = make_pair(mentor, make_person(), order=acting.order, ends_on=date(2026, 11, 1))
    rows = with_people(with_state(Pair.objects.filter(mentor=mentor), TODAY))
    warned = {row.pk: said in remarks_on_pair(row, TODAY, form=None, definitions=definitions_now()) for row in rows}
    assert warned == {draft.pk: True, acting.pk: False, coming.pk: False, ended.pk: False}


@pytest.mark.usefixtures("inside")
def test_a_board_warns_of_him_too():
    found = make_round()
    taught, other = make_mentor(found, "Обученный Олег"), make_mentor(found, "Новиков Ян", trained=False)
    mentee = make_mentee(found, "Ученикова Ада")
    board = board_for(actor_with("curator", "teacher-pupil"), found)
    assert board.pair(mentee.pk, taught.pk).warnings == []
    shown = board.pair(mentee.pk, other.pk)
    assert (shown.warnings, shown.forbidden) == ([untrained("Новиков Ян")], [])
    assert board.question.may_propose(mentee.pk, other.pk)


@pytest.mark.usefixtures("inside")
def test_two_cards_of_one_person_keep_one_of_the_same_training():
    kept, gone = teacher(), teacher("Педагог Опытная")
    make_training(kept)
    make_training(gone, hours=36, document="уд. № 7")
    make_training(gone, "Курсы")
    merge_people(actor=actor_with("director"), kept_id=kept.pk, gone_id=gone.pk, from_gone=())
    assert {(row.title, row.hours, row.document) for row in training_of(kept)} == {
        ("Школа наставников", 36, "уд. № 7"), ("Курсы", None, ""),
    }  # fmt: skip


def test_the_card_and_the_pages_show_it(client_at: Any, today: date, db: None):
    with school(SCHOOL_A.schema):
        mentor = teacher()
        make_pair(mentor, make_person())
    curator = sign_in(client_at, SCHOOL_A, "director")
    assert "Обучения нет" in curator.get(f"/people/{mentor.pk}/").content.decode()
    new = f"/training/new/{mentor.pk}/"
    typed = {"title": "Школа наставников", "finished_on": "28.08.2026", "hours": "36", "document": "уд. № 7"}
    assert curator.post(new, {**typed, "hours": "0"}).status_code == 200
    curator.post(new, typed)
    assert "Школа наставников, 28.08.2026, 36 часов, уд. № 7" in curator.get(f"/people/{mentor.pk}/").content.decode()
    with school(SCHOOL_A.schema):
        row = Training.objects.get(person=mentor)
    curator.post(f"/training/{row.pk}/correct/", {**typed, "title": "Курсы"})
    curator.post(f"/training/{row.pk}/strike/", {"reason": "не окончены"})
    page = curator.get(f"/training/of/{mentor.pk}/").content.decode()
    assert all(words in page for words in ("вычеркнуто", "не окончены", "Было: программа обучения: Школа наставников"))


@pytest.mark.usefixtures("today")
@pytest.mark.django_db
def test_a_mentor_sees_his_own_training_at_home_and_a_mentee_none(client_at: Any):
    mentor = sign_in(client_at, SCHOOL_A, "mentor", person_id=world.MENTOR)
    mentee = sign_in(client_at, SCHOOL_A, "mentee", person_id=world.MENTEE)
    assert "Об обучении пока ничего не записано" in mentor.get("/").content.decode()
    with school(SCHOOL_A.schema):
        row = make_training(Person.objects.get(pk=world.MENTOR))
        gone = make_training(Person.objects.get(pk=world.MENTOR), title="По ошибке", struck_at=NOW)
    home = mentor.get("/").content.decode()
    assert row.title in home
    assert gone.title not in home
    assert "Моё обучение" not in mentee.get("/").content.decode()
    own = mentor.get("/api/v1/participation/training/").json()["items"]
    assert {each["title"] for each in own} == {row.title, gone.title}
    assert mentee.get("/api/v1/participation/training/").json()["items"] == []
