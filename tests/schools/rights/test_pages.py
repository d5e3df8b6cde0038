"""The way through the pages: printout, request, home page, destruction, act."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from core.audit.models import AuditRecord
from core.tenancy import school
from schools.people.models import Person
from schools.rights.models import Destruction
from tests.schools.makers import make_person
from tests.schools.rights.makers import TRACES, make_somebody
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A


@pytest.fixture
def client(client_at, db, today):
    return sign_in(client_at, SCHOOL_A, "director")


def acts() -> list[str]:
    with school(SCHOOL_A.schema):
        return list(AuditRecord.objects.order_by("at", "pk").values_list("action", flat=True))


def test_from_the_card_to_the_act(client):
    with school(SCHOOL_A.schema):
        person = make_somebody()
    card = client.get(f"/people/{person.pk}/").content.decode()
    assert f"/rights/people/{person.pk}/" in card
    before = acts()
    printed = client.get(f"/rights/people/{person.pk}/").content.decode()
    assert "Горынычева" in printed
    assert "Открыта карточка" in printed
    assert acts()[len(before) :] == ["rights.printed"]
    given = client.get(f"/rights/people/{person.pk}/file/")
    assert json.loads(given.content)["person"] == str(person.pk)
    assert acts()[len(before) :] == ["rights.printed", "rights.exported"]

    asked = {"asked_by": "subject", "basis": "withdrawn", "asked_on": "2026-11-10", "paper_number": "12"}
    answer = client.post(f"/rights/people/{person.pk}/destruction/", asked)
    request_page = answer["Location"]
    home = client.get("/").content.decode()
    assert "Уничтожить персональные данные: запрос № 1" in home
    assert "Осталось дней: 19" in home
    assert "Что будет уничтожено" in client.get(request_page).content.decode()
    refused = client.post(f"{request_page}execute/", {"confirmation": "да"})
    assert "Впишите слово" in refused.content.decode()
    # What the director searched for stands in his session, which is stored again after the act.
    client.post("/people/", {"search": "1", "q": "жар-птицына елка кощеевна"})
    done = client.post(f"{request_page}execute/", {"confirmation": "уничтожить", "act_number": "5"})
    assert done["Location"] == f"{request_page}act/"
    with school(SCHOOL_A.schema):
        assert "searched" not in client.session
    assert client.get(f"/people/{person.pk}/")["Location"] == request_page
    assert client.get(f"/rights/people/{person.pk}/").status_code == 404


def test_the_act_names_nobody(client):
    with school(SCHOOL_A.schema):
        person = make_somebody()
    asked = {"asked_by": "subject", "basis": "withdrawn", "asked_on": "2026-11-10", "paper_number": "12-вх"}
    page = client.post(f"/rights/people/{person.pk}/destruction/", asked)["Location"]
    client.post(f"{page}execute/", {"confirmation": "уничтожить", "act_number": "5"})
    act = client.get(f"{page}act/").content.decode()
    assert "Акт об уничтожении персональных данных № 5" in act
    for needed in (
        "12-вх",
        "Выгрузка из журнала",
        "сведения о согласиях",
        "отзыв согласия",
        "Школа А",
        "обезличивание",
    ):
        assert needed in act
    for page_ in (act, client.get(page).content.decode(), client.get("/rights/").content.decode()):
        assert not any(trace in page_.lower() for trace in TRACES)


@pytest.mark.parametrize("role", ["curator", "class_teacher", "psychologist", "parent"])
def test_others_see_neither_printout_nor_requests(client_at, db, role):
    with school(SCHOOL_A.schema):
        person = make_person()
    other = sign_in(client_at, SCHOOL_A, role)
    for path in ("/rights/", f"/rights/people/{person.pk}/", f"/rights/people/{person.pk}/file/"):
        assert other.get(path).status_code == 403
    assert "rights.printed" not in acts()


def test_a_coordinator_registers_and_drops_and_does_not_destroy(client_at, db):
    with school(SCHOOL_A.schema):
        person = make_person()
    coordinator = sign_in(client_at, SCHOOL_A, "coordinator")
    asked = {"asked_by": "subject", "basis": "withdrawn", "asked_on": f"{timezone.localdate():%Y-%m-%d}"}
    page = coordinator.post(f"/rights/people/{person.pk}/destruction/", asked)["Location"]
    assert coordinator.post(f"{page}execute/", {"confirmation": "уничтожить"}).status_code == 403
    assert "Уничтожает данные директор" in coordinator.get(page).content.decode()
    assert coordinator.post(f"{page}drop/", {"because": "must_keep"}).status_code == 302
    with school(SCHOOL_A.schema):
        assert Person.objects.filter(pk=person.pk).exists()
        assert Destruction.objects.get().state == "dropped"


def test_a_request_whose_card_is_gone_is_dropped_on_its_page(client_at):
    with school(SCHOOL_A.schema):
        person = make_person()
    coordinator = sign_in(client_at, SCHOOL_A, "coordinator")
    asked = {"asked_by": "subject", "basis": "withdrawn", "asked_on": f"{timezone.localdate():%Y-%m-%d}"}
    page = coordinator.post(f"/rights/people/{person.pk}/destruction/", asked)["Location"]
    with school(SCHOOL_A.schema):
        person.delete()
    assert f'href="{page}drop/"' in coordinator.get(page).content.decode()
    assert "больше нет" in coordinator.get(f"{page}drop/").content.decode()
    assert coordinator.post(f"{page}drop/", {"because": "mistake"}).status_code == 302
    with school(SCHOOL_A.schema):
        assert Destruction.objects.get().state == "dropped"
    assert "drop/" not in coordinator.get(page).content.decode()
