"""Choices of people while the list of them changes: who was meant is who is stored, and who is gone is said."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from core.tenancy import school
from schools.people.models import MergedPerson
from schools.questionnaires import links
from schools.questionnaires.models import Response
from schools.questionnaires.naming import unpacked
from tests.schools.makers import actor_with, make_person
from tests.schools.questionnaires.makers import NOW, make_response, make_round
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

ITEMS = [
    {"code": "wanted", "text": "С кем?", "type": "people", "required": True, "most": 3},
    {"code": "wishes", "text": "Что ещё?", "type": "text", "required": False},
]
GONE = "Больше нельзя выбрать: "


@pytest.fixture
def asked(db):
    """Ask a pupil whom he wants; return (his sheet, the round of mentors that fills the list, two of them)."""
    with school(SCHOOL_A.schema):
        mentors = make_round(role="mentor")
        people = [make_person(name, kinds=("teacher",)) for name in ("Миронова Мира", "Яшин Яков")]
        for person in people:
            make_response(mentors, person)
        pupil = make_person("Ответова Ася")
        return make_response(make_round(kind="preference", items=ITEMS), pupil), mentors, people


def leave(person):
    with school(SCHOOL_A.schema):
        person.enrolments.update(left_on=NOW.date())


def stored(row):
    with school(SCHOOL_A.schema):
        return Response.objects.get(pk=row.pk)


def inputs(page):
    return dict(re.findall(r'name="([cs]-[^"]+|people)"[^>]*? value="([^"]*)"', page))


def number_of(page, name):
    return re.search(rf"(\d+) – {name}", page).group(1)


def test_a_number_on_an_open_sheet_goes_on_meaning_the_same_person(client_at, asked):
    row, mentors, (mira, yakov) = asked
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sheet, cell = f"/questionnaires/{row.round_id}/grid/", f"c-{row.pk}-wanted"
    page = client.get(sheet).content.decode()
    typed = {**inputs(page), cell: f"{number_of(page, yakov.full_name)} {number_of(page, mira.full_name)}"}
    with school(SCHOOL_A.schema):
        make_response(mentors, make_person("Агеев Аким", kinds=("teacher",)))
    assert client.post(sheet, typed).status_code == 302
    assert stored(row).answers == {"wanted": [str(yakov.pk), str(mira.pk)]}


def test_who_left_while_the_sheet_was_open_is_named_at_the_cell(client_at, asked):
    row, _mentors, (mira, yakov) = asked
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sheet, cell = f"/questionnaires/{row.round_id}/grid/", f"c-{row.pk}-wanted"
    page = client.get(sheet).content.decode()
    numbers = f"{number_of(page, mira.full_name)} {number_of(page, yakov.full_name)}"
    leave(mira)
    refused = client.post(sheet, {**inputs(page), cell: numbers, f"c-{row.pk}-wishes": "в пятницу"}).content.decode()
    assert f"{GONE}{mira.full_name}." in refused
    assert f'value="{numbers}"' in refused
    assert f"{mira.full_name} – больше нельзя выбрать" in refused
    assert stored(row).draft == {"wanted": [str(mira.pk), str(yakov.pk)], "wishes": "в пятницу"}
    # The numbers of the page that was refused are those of the one before.
    assert client.post(sheet, {**inputs(refused), cell: number_of(refused, yakov.full_name)}).status_code == 302
    assert stored(row).answers == {"wanted": [str(yakov.pk)], "wishes": "в пятницу"}


def test_a_number_that_was_not_on_the_sheet_names_nobody(client_at, asked):
    row, _mentors, _people = asked
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    sheet = f"/questionnaires/{row.round_id}/grid/"
    page = client.get(sheet).content.decode()
    for carried in (inputs(page)["people"], "?", ""):
        said = client.post(sheet, {"people": carried, f"c-{row.pk}-wanted": "99"}).content.decode()
        assert "Выберите людей из списка" in said
    assert stored(row).answers == {}
    assert unpacked("кракозябры") == []


def test_a_choice_that_is_gone_stays_in_its_place_on_the_own_page(client_at, asked):
    row, _mentors, (mira, yakov) = asked
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=row.person_id)
    page, wish = f"/questionnaires/mine/{row.pk}/", [str(mira.pk), str(yakov.pk)]
    leave(mira)
    assert client.post(page, {"wanted": wish, "autosave": "1"}).status_code == 204
    assert stored(row).draft == {"wanted": wish}
    for shown in (client.get(page), client.post(page, {"wanted": wish})):
        options = re.findall(r'<option value="([^"]+)" selected>([^<]*)', shown.content.decode())
        assert options == [(wish[0], f"{mira.full_name} – больше нельзя выбрать"), (wish[1], yakov.full_name)]
    assert f"{GONE}{mira.full_name}." in shown.content.decode()
    assert client.post(page, {"wanted": [wish[1]]}).status_code == 302


def test_of_an_id_that_was_never_offered_nothing_is_told(client_at, asked):
    row, _mentors, _people = asked
    with school(SCHOOL_A.schema):
        stranger = make_person("Тайный Тарас", kinds=("parent",))
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=row.person_id)
    said = client.post(f"/questionnaires/mine/{row.pk}/", {"wanted": [str(stranger.pk)]}).content.decode()
    assert "Тайный" not in said
    assert "Выберите людей из списка" in said


def test_of_two_cards_that_became_one_the_one_that_stays_is_chosen(client_at, asked):
    row, _mentors, (mira, yakov) = asked
    client = sign_in(client_at, SCHOOL_A, "mentee", person_id=row.person_id)
    with school(SCHOOL_A.schema):
        second = MergedPerson.objects.create(pk=uuid4(), person=mira, merged_at=NOW)
    client.post(f"/questionnaires/mine/{row.pk}/", {"wanted": [str(yakov.pk), str(second.pk)]})
    assert stored(row).answers == {"wanted": [str(yakov.pk), str(mira.pk)]}


def test_a_link_calls_who_is_gone_shortly(client_at, asked):
    row, _mentors, (mira, _yakov) = asked
    with school(SCHOOL_A.schema):
        token = links.issue_link(actor=actor_with("coordinator"), response_id=row.pk).token
    leave(mira)
    client = client_at(SCHOOL_A.code)
    client.get(f"/q/{token}/")
    said = client.post("/q/", {"wanted": [str(mira.pk)]}).content.decode()
    assert f"{GONE}Мира М." in said
    assert "Миронова" not in said
