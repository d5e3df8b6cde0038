"""Adding and changing people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.http import Http404

from core.authz import RefusedError
from schools.people.errors import FaultyActError
from schools.people.keys import name_key, snils_key
from schools.people.models import Guardianship, Person
from schools.people.services import PersonData, add_guardian, create_person, edit_person, remove_guardian
from tests.schools.makers import actor_with, audited, make_person

pytestmark = pytest.mark.usefixtures("inside")

ANNA = PersonData(
    surname="  ИВАНОВА ",
    name="анна",
    patronymic="Петровна",
    birth_date=date(2012, 5, 5),
    snils="112-233-445 95",
    kinds=("pupil",),
)


def codes(refusal: pytest.ExceptionInfo[FaultyActError]) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in refusal.value.faults]


def test_a_person_is_added_with_keys_and_one_audit_row():
    actor = actor_with("coordinator")
    person = create_person(actor=actor, data=ANNA)
    stored = Person.objects.get(pk=person.pk)
    assert stored.full_name == "Иванова Анна Петровна"
    assert stored.folded_name == "иванова анна петровна"
    assert stored.snils == "11223344595"
    assert stored.name_key == name_key("иванова анна петровна", date(2012, 5, 5))
    assert stored.snils_key == snils_key("11223344595")
    assert list(stored.kinds.values_list("kind", flat=True)) == ["pupil"]
    assert audited() == [("people.person_created", str(person.pk))]


@pytest.mark.parametrize("role", ["curator", "class_teacher", "psychologist", "mentor", None])
def test_others_add_nobody(role: str | None):
    before = Person.objects.count()
    with pytest.raises(RefusedError, match="координатор"):
        create_person(actor=actor_with(role, "x"), data=ANNA)
    assert Person.objects.count() == before
    assert audited() == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"surname": " "}, ("no_surname", "surname")),
        ({"name": ""}, ("no_name", "name")),
        ({"surname": "123"}, ("no_letters", "surname")),
        ({"patronymic": "ы" * 101}, ("too_long", "patronymic")),
        ({"birth_date": date(2026, 11, 22)}, ("birth_in_future", "birth_date")),
        ({"birth_date": date(1899, 12, 31)}, ("birth_too_early", "birth_date")),
        ({"snils": "123"}, ("bad_snils", "snils")),
        ({"email": "анна"}, ("bad_email", "email")),
        ({"kinds": ()}, ("no_kind", "kinds")),
        ({"kinds": ("wizard",)}, ("bad_kind", "kinds")),
    ],
)
def test_bad_input_is_refused_at_its_field(change: dict, fault: tuple[str, str]):
    with pytest.raises(FaultyActError) as refusal:
        create_person(actor=actor_with("director"), data=replace(ANNA, **change))
    assert codes(refusal) == [fault]


def test_all_faults_are_told_at_once():
    with pytest.raises(FaultyActError) as refusal:
        create_person(actor=actor_with("director"), data=replace(ANNA, name="", snils="1", kinds=()))
    assert codes(refusal) == [("no_name", "name"), ("bad_snils", "snils"), ("no_kind", "kinds")]


def test_the_same_person_is_not_added_twice_but_a_namesake_is():
    actor = actor_with("director")
    create_person(actor=actor, data=ANNA)
    for again in (replace(ANNA, snils=""), replace(ANNA, surname="Иванова", name="Анна")):
        with pytest.raises(FaultyActError):
            create_person(actor=actor, data=again)
    create_person(actor=actor, data=replace(ANNA, snils="11223344595"[::-1].replace("5", "6")))
    assert Person.objects.filter(folded_name="иванова анна петровна").count() == 2


def test_a_snils_belongs_to_one_person():
    actor = actor_with("director")
    create_person(actor=actor, data=ANNA)
    with pytest.raises(FaultyActError) as refusal:
        create_person(actor=actor, data=replace(ANNA, surname="Петрова"))
    assert codes(refusal) == [("snils_taken", "snils")]


def test_an_edit_changes_keys_and_kinds():
    actor = actor_with("coordinator")
    person = make_person("Семёнова Ольга", kinds=("pupil",))
    data = PersonData(surname="Семенова", name="Ольга", birth_date=person.birth_date, kinds=("teacher", "parent"))
    edit_person(actor=actor, person_id=person.pk, data=data)
    stored = Person.objects.get(pk=person.pk)
    assert (stored.surname, stored.folded_name) == ("Семенова", "семенова ольга")
    assert stored.name_key == name_key("семенова ольга", person.birth_date)
    assert set(stored.kinds.values_list("kind", flat=True)) == {"teacher", "parent"}
    assert audited() == [("people.person_changed", str(person.pk))]


def test_an_unknown_person_is_not_found():
    with pytest.raises(Http404):
        edit_person(actor=actor_with("director"), person_id=uuid4(), data=ANNA)


def test_a_guardian_is_recorded_and_removed():
    actor = actor_with("coordinator")
    child = make_person()
    mother = make_person("Иванова Мария", date(1985, 1, 1), ("parent",))
    kept = add_guardian(actor=actor, ward_id=child.pk, guardian_id=mother.pk, kinship=" мать ")
    assert (kept.kinship, kept.guardian_id) == ("мать", mother.pk)
    add_guardian(actor=actor, ward_id=child.pk, guardian_id=mother.pk, kinship="опекун")
    assert list(Guardianship.objects.values_list("kinship", flat=True)) == ["опекун"]
    remove_guardian(actor=actor, ward_id=child.pk, guardianship_id=kept.pk)
    assert not Guardianship.objects.exists()
    assert [action for action, _ in audited()] == [
        "people.guardian_added",
        "people.guardian_added",
        "people.guardian_removed",
    ]


def test_nobody_is_his_own_guardian():
    child = make_person()
    with pytest.raises(FaultyActError) as refusal:
        add_guardian(actor=actor_with("director"), ward_id=child.pk, guardian_id=child.pk, kinship="сам")
    assert codes(refusal) == [("own_guardian", "guardian")]
    with pytest.raises(FaultyActError) as refusal:
        add_guardian(actor=actor_with("director"), ward_id=child.pk, guardian_id=uuid4(), kinship=" ")
    assert codes(refusal) == [("no_kinship", "kinship")]
