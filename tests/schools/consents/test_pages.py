"""Consents on screen: who has none, a pile of papers, one paper, a withdrawal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from core.tenancy import school
from schools.consents.models import Consent
from tests.schools.makers import make_consent, make_person, search
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def listed(client: Client, address: str) -> list[str]:
    return [row["person"].full_name for row in client.get(address).context["rows"]]


def test_who_has_none_and_a_pile_of_papers(client_at: Callable[[str], Client]):
    coordinator = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        first, second = make_person("Ершов Пётр", room="5А"), make_person("Жуков Лев", room="6А")
        make_person("Выбывший Ян", left=date(2026, 11, 1))
    teacher = f"{SCHOOL_A.surname} Учитель {SCHOOL_A.canary}"
    assert listed(coordinator, "/consents/") == ["Ершов Пётр", "Жуков Лев", teacher]
    found = search(coordinator, "/consents/", "ЕРШОВ").context["rows"]
    assert [row["person"].full_name for row in found] == ["Ершов Пётр"]
    response = coordinator.post(
        "/consents/?kind=processing", {"people": [first.pk, second.pk], "given_on": "2026-11-20"}
    )
    assert response["Location"] == "/consents/?kind=processing"
    assert listed(coordinator, "/consents/") == [teacher]
    assert "Ершов Пётр" in listed(coordinator, "/consents/?kind=dissemination")
    with school(SCHOOL_A.schema):
        rows = Consent.objects.filter(person__in=[first, second]).values_list("kind", "signer", "given_on")
        assert set(rows) == {("processing", "representative", date(2026, 11, 20))}


def test_nobody_marked_is_said(client_at: Callable[[str], Client]):
    page = sign_in(client_at, SCHOOL_A, "director").post("/consents/", {"given_on": "2026-11-20"})
    assert "Отметьте хотя бы одного человека." in page.content.decode()


def test_whoever_turned_18_is_asked_for_an_own_one(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        grown = make_person("Взрослый Ученик", date(2008, 11, 21))
        make_consent(grown, "representative")
        expired = make_person("Срочный Ученик")
        make_consent(expired, valid_until=date(2026, 11, 20))
        make_consent(make_person("Отозвавший Ученик"), withdrawn_on=date(2026, 11, 1))
    rows = director.get("/consents/check/").context["rows"]
    assert [(row["consent"].person.full_name, str(row["status"].text)) for row in rows] == [
        ("Взрослый Ученик", "Ждёт подписи самого участника"),
        ("Срочный Ученик", "Истекло"),
    ]
    typed = {"kind": "processing", "signer": "self", "given_on": "2026-11-21"}
    director.post(f"/consents/new/{grown.pk}/", typed)
    assert len(director.get("/consents/check/").context["rows"]) == 1


def test_a_wrong_signer_is_recorded_with_a_warning(client_at: Callable[[str], Client]):
    teacher = sign_in(client_at, SCHOOL_A, "class_teacher", str(world.CLASS))
    typed = {"kind": "dissemination", "signer": "self", "given_on": "2026-11-21", "number": "7"}
    page = teacher.post(f"/consents/new/{world.MENTEE}/", typed, follow=True).content.decode()
    assert "Согласие записано, но сейчас не действует: ждёт подписи родителя." in page
    page = teacher.post(f"/consents/new/{world.MENTEE}/", typed).content.decode()
    assert "Такое согласие уже записано" in page
    assert teacher.get(f"/consents/new/{world.MENTOR}/").status_code == 404


def test_a_withdrawal_is_asked_about_first(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    address = f"/consents/{world.CONSENT}/withdraw/"
    assert "Что произойдёт" in director.get(address).content.decode()
    assert director.post(address, {"withdrawn_on": "2026-11-20"})["Location"] == f"/consents/of/{world.MENTEE}/"
    rows = director.get("/consents/all/").context["rows"]
    assert [str(row["status"].text) for row in rows] == ["Отозвано"]
    page = director.post(address, {"withdrawn_on": "2099-03-01"}, follow=True).content.decode()
    assert "Отзыв записан: с 01.03.2099 согласие не действует." in page
    assert "Исправить день отзыва" in page
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    assert curator.post(address, {"withdrawn_on": "2026-11-20"}).status_code == 403
