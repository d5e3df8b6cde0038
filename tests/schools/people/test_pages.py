"""Typing people in: errors at the fields, nothing typed lost, redirect after success."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from core.tenancy import school
from schools.people.models import Guardianship, Person
from tests.schools.makers import audited, make_person
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TYPED = {"surname": "Иванова", "name": "Анна", "birth_date": "05.05.2012", "kinds": ["pupil"]}


@pytest.fixture
def coordinator(client_at: Callable[[str], Client]) -> Client:
    """Return the coordinator's browser."""
    return sign_in(client_at, SCHOOL_A, "coordinator")


def test_a_pupil_is_added_with_the_class(coordinator: Client):
    typed = {**TYPED, "admitted_on": "2026-09-01", "class_name": "7-б"}
    response = coordinator.post("/people/new/", typed)
    with school(SCHOOL_A.schema):
        person = Person.objects.get(surname="Иванова")
        row = person.enrolments.get()
        assert (row.kind, row.school_class.title, row.admitted_on) == ("pupil", "7Б", date(2026, 9, 1))
        assert [action for action, _ in audited()] == ["people.person_created"]
    assert response["Location"] == f"/people/{person.pk}/"
    assert "Иванова Анна: карточка создана." in coordinator.get(response["Location"]).content.decode()


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(coordinator: Client):
    typed = {**TYPED, "surname": "", "snils": "12", "class_name": "7Б", "phone": "+7 900"}
    page = coordinator.post("/people/new/", typed)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"surname", "admitted_on"}
    body = page.content.decode()
    for words in ('value="12"', 'value="7Б"', 'value="+7 900"', 'href="#id_surname"'):
        assert words in body, words
    page = coordinator.post("/people/new/", {**TYPED, "snils": "12"})
    assert page.context["form"].errors == {"snils": ["В СНИЛС должно быть 11 цифр, например 112-233-445 95."]}
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2
        assert audited() == []


def test_an_edit_an_enrolment_and_a_leaving(coordinator: Client):
    address = f"/people/{world.MENTEE}/"
    typed = {**TYPED, "surname": "Новая", "kinds": ["pupil", "parent"]}
    assert coordinator.post(f"{address}edit/", typed)["Location"] == address
    with school(SCHOOL_A.schema):
        person = Person.objects.get(pk=world.MENTEE)
        assert (person.surname, person.birth_date) == ("Новая", date(2012, 5, 5))
        row = person.enrolments.get()
    assert coordinator.post(f"/people/enrolments/{row.pk}/class/", {"class_name": "8а"}).status_code == 302
    page = coordinator.post(f"/people/enrolments/{row.pk}/leave/", {"left_on": "2026-08-01"})
    assert page.context["form"].errors == {"left_on": ["Дата выбытия раньше даты зачисления."]}
    assert coordinator.post(f"/people/enrolments/{row.pk}/leave/", {"left_on": "2026-11-01"}).status_code == 302
    again = {"kind": "pupil", "admitted_on": "2026-11-10", "class_name": "8А"}
    assert coordinator.post(f"{address}enrol/", again).status_code == 302
    with school(SCHOOL_A.schema):
        rows = person.enrolments.order_by("admitted_on").values_list("school_class__title", "admitted_on", "left_on")
        assert list(rows) == [("8А", date(2026, 9, 1), date(2026, 11, 1)), ("8А", date(2026, 11, 10), None)]


def test_a_guardian_is_found_chosen_and_removed(coordinator: Client):
    with school(SCHOOL_A.schema):
        mother = make_person("Королёва Инна", date(1985, 1, 1), ("parent",))
    address = f"/people/{world.MENTEE}/guardians/new/"
    page = coordinator.post(address, {"search": "1", "q": "королева", "kinship": "мать"}).content.decode()
    assert f'value="{mother.pk}"' in page
    assert 'value="мать"' in page
    page = coordinator.post(address, {"q": "королева", "kinship": "мать"}).content.decode()
    assert "Выберите представителя из найденных." in page
    coordinator.post(address, {"q": "королева", "kinship": "мать", "guardian": mother.pk})
    with school(SCHOOL_A.schema):
        kept = Guardianship.objects.get()
        assert (kept.guardian_id, kept.kinship) == (mother.pk, "мать")
    again = {"search": "1", "q": "королева", "kinship": "мать"}
    assert "уже записан: мать" in coordinator.post(address, again).content.decode()
    with school(SCHOOL_A.schema):
        Guardianship.objects.update(to_date=date(2026, 9, 1))
    page = coordinator.post(address, again).content.decode()
    assert "был записан (мать), с 01.09.2026 больше не представляет" in page
    assert "уже записан" not in page
    assert "представитель до 01.09.2026" in coordinator.get(f"/people/{world.MENTEE}/").content.decode()
    assert (
        "Представитель записан"
        in coordinator.post(
            address, {"q": "королева", "kinship": "мать", "guardian": mother.pk}, follow=True
        ).content.decode()
    )
    with school(SCHOOL_A.schema):
        assert Guardianship.objects.get().to_date is None
    gone = f"/people/{world.MENTEE}/guardians/{kept.pk}/remove/"
    assert "Королёва Инна (мать)" in coordinator.get(gone).content.decode()
    coordinator.post(gone)
    with school(SCHOOL_A.schema):
        assert not Guardianship.objects.exists()


@pytest.mark.parametrize("role", ["curator", "class_teacher"])
def test_others_write_nobody(client_at: Callable[[str], Client], role: str):
    scope = "teacher-pupil" if role == "curator" else str(world.CLASS)
    other = sign_in(client_at, SCHOOL_A, role, scope)
    for address in ("/people/new/", f"/people/{world.MENTEE}/edit/", f"/people/{world.MENTEE}/enrol/"):
        assert other.post(address, TYPED).status_code == 403
    with school(SCHOOL_A.schema):
        assert Person.objects.count() == 2
        assert Person.objects.get(pk=world.MENTEE).surname == SCHOOL_A.surname
