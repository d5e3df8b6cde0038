"""Coming, leaving, changing the class."""

from __future__ import annotations

from datetime import date

import pytest

from core.audit.models import AuditRecord
from core.authz import RefusedError
from schools.people import enrolments
from schools.people.enrolments import EnrolmentData, change_class, enrol, record_leaving
from schools.people.errors import FaultyActError
from schools.people.models import Enrolment
from tests.schools.makers import actor_with, audited, make_person

pytestmark = pytest.mark.usefixtures("inside")


def code(refusal: pytest.ExceptionInfo[FaultyActError]) -> tuple[str, str]:
    (fault,) = refusal.value.faults
    return fault.code, fault.field


def test_a_pupil_is_enrolled_in_a_class_of_one_spelling():
    person = make_person(admitted=None, kinds=("parent",))
    data = EnrolmentData(kind="pupil", admitted_on=date(2026, 9, 1), class_name="8 «б» класс", post="лишнее")
    row = enrol(actor=actor_with("coordinator"), person_id=person.pk, data=data)
    assert (row.school_class.title, row.school_class.grade, row.school_class.letter) == ("8Б", 8, "Б")
    assert (row.post, row.left_on) == ("", None)
    assert set(person.kinds.values_list("kind", flat=True)) == {"parent", "pupil"}
    assert audited() == [("people.enrolled", str(person.pk))]


def test_a_teacher_is_enrolled_with_post_and_experience():
    person = make_person(admitted=None, born=date(1980, 1, 1), kinds=("teacher",))
    data = EnrolmentData(kind="teacher", admitted_on=date(2020, 9, 1), post=" учитель  химии ", experience_years=3)
    row = enrol(actor=actor_with("director"), person_id=person.pk, data=data)
    assert (row.school_class, row.post, row.experience_years) == (None, "учитель химии", 3)


def test_an_enrolment_before_one_that_goes_on_is_refused():
    person = make_person(admitted=date(2026, 9, 1))
    with pytest.raises(FaultyActError) as refusal:
        enrol(
            actor=actor_with("director"),
            person_id=person.pk,
            data=EnrolmentData(kind="pupil", admitted_on=date(2026, 8, 1)),
        )
    assert code(refusal) == ("enrolled_already", "admitted_on")
    assert Enrolment.objects.get(person=person).left_on is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (EnrolmentData(kind="parent", admitted_on=date(2026, 9, 1)), ("bad_kind", "kind")),
        (EnrolmentData(kind="pupil", admitted_on=date(2001, 9, 1)), ("before_birth", "admitted_on")),
        (EnrolmentData(kind="pupil", admitted_on=date(2026, 9, 1)), ("enrolled_already", "admitted_on")),
        (EnrolmentData(kind="pupil", admitted_on=date(2026, 10, 1)), ("enrolled_already", "admitted_on")),
        (
            EnrolmentData(kind="teacher", admitted_on=date(2026, 9, 1), experience_years=99),
            ("bad_experience", "experience_years"),
        ),
    ],
)
def test_bad_enrolments_are_refused(data: EnrolmentData, fault: tuple[str, str]):
    person = make_person()
    with pytest.raises(FaultyActError) as refusal:
        enrol(actor=actor_with("director"), person_id=person.pk, data=data)
    assert code(refusal) == fault
    assert Enrolment.objects.filter(person=person).count() == 1


def test_whoever_left_can_come_again_on_the_very_day():
    actor, person = actor_with("coordinator"), make_person()
    record_leaving(actor=actor, enrolment_id=person.enrolments.get().pk, left_on=date(2026, 10, 5))
    enrol(actor=actor, person_id=person.pk, data=EnrolmentData(kind="pupil", admitted_on=date(2026, 10, 5)))
    assert list(person.enrolments.order_by("admitted_on").values_list("admitted_on", "left_on")) == [
        (date(2026, 9, 1), date(2026, 10, 5)),
        (date(2026, 10, 5), None),
    ]


def test_nobody_leaves_before_coming():
    row = make_person().enrolments.get()
    with pytest.raises(FaultyActError) as refusal:
        record_leaving(actor=actor_with("director"), enrolment_id=row.pk, left_on=date(2026, 8, 31))
    assert code(refusal) == ("left_before", "left_on")


def test_the_class_is_changed_in_place():
    person = make_person(room="7А")
    row = change_class(actor=actor_with("coordinator"), enrolment_id=person.enrolments.get().pk, class_name="8-а")
    assert (row.school_class.title, row.admitted_on) == ("8А", date(2026, 9, 1))
    assert audited() == [("people.class_changed", str(person.pk))]


def test_a_class_teacher_changes_no_enrolment():
    person = make_person(room="7А")
    row = person.enrolments.get()
    with pytest.raises(RefusedError):
        change_class(actor=actor_with("class_teacher", str(row.school_class_id)), enrolment_id=row.pk, class_name="8А")
    assert Enrolment.objects.get(pk=row.pk).school_class.title == "7А"


def test_days_are_corrected_and_the_former_ones_stay_in_the_audit(inside: None) -> None:
    person = make_person("Иванов Иван", date(2012, 5, 5), admitted=date(2025, 9, 1), left=date(2026, 5, 25))
    row = person.enrolments.get()
    enrolments.correct_enrolment(
        actor=actor_with("coordinator"), enrolment_id=row.pk, admitted_on=date(2024, 9, 1), left_on=None
    )
    row.refresh_from_db()
    assert (row.admitted_on, row.left_on) == (date(2024, 9, 1), None)
    details = AuditRecord.objects.get(action="people.enrolment_corrected").details
    assert details["was"] == {"admitted_on": "2025-09-01", "left_on": "2026-05-25"}
    assert details["now"] == {"admitted_on": "2024-09-01", "left_on": ""}


@pytest.mark.parametrize(
    ("admitted_on", "left_on", "code"),
    [
        (date(2026, 9, 2), date(2026, 9, 1), "left_before"),
        (date(2012, 5, 4), date(2012, 6, 1), "before_birth"),
        (date(2024, 9, 1), None, "enrolled_already"),
        (date(2026, 9, 1), None, "enrolled_already"),
    ],
)
def test_days_that_cannot_be_are_refused(inside: None, admitted_on: date, left_on: date | None, code: str) -> None:
    person = make_person("Иванов Иван", date(2012, 5, 5), admitted=date(2025, 9, 1), left=date(2026, 5, 25))
    row = person.enrolments.get()
    Enrolment.objects.create(person=person, kind="pupil", admitted_on=date(2026, 9, 1))
    with pytest.raises(FaultyActError) as refusal:
        enrolments.correct_enrolment(
            actor=actor_with("coordinator"), enrolment_id=row.pk, admitted_on=admitted_on, left_on=left_on
        )
    assert [fault.code for fault in refusal.value.faults] == [code]
    row.refresh_from_db()
    assert row.admitted_on == date(2025, 9, 1)
