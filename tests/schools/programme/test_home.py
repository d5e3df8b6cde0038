"""The one next step, for each situation and reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from core.tenancy import school
from schools.programme.home import next_step, numbers
from tests.schools.makers import TODAY, actor_with, make_consent, make_order, make_pair, make_person
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def clear() -> None:
    from schools.consents.models import Consent
    from schools.pairs.models import Order, Pair
    from schools.people.models import Person

    Pair.objects.all().delete()
    Order.objects.all().delete()
    Consent.objects.all().delete()
    Person.objects.all().delete()


def step(role: str, scope: str = "", *, missing: int | None = None) -> tuple[str, str] | None:
    actor = actor_with(role, scope)
    found = next_step(actor, numbers(actor, TODAY), missing=missing)
    return found and (found.title, found.url)


@pytest.mark.urls("config.urls.school")
@pytest.mark.usefixtures("inside")
def test_from_nothing_to_the_target():
    clear()
    assert step("director") == ("Загрузите список учеников и педагогов", "/import/")
    mentor = make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",))
    pupil = make_person("Ученик Первый", room="5А")
    assert step("director") == ("Соберите согласия", "/consents/")
    make_consent(pupil)
    assert step("coordinator") == ("Составьте первую пару", "/pairs/new/")
    pair = make_pair(mentor, pupil)
    assert step("director") == ("1 пара ждёт приказа", "/orders/approve/")
    assert step("coordinator") == ("1 пара ждёт приказа", "/orders/record/")
    pair.order = make_order()
    pair.save()
    assert step("director", missing=3) == ("До цели не хватает: 3 чел.", "/coverage/")
    assert step("director", missing=0) == ("Всё в порядке: срочных дел нет", "/coverage/")
    make_consent(mentor, "representative")
    assert step("director") == ("1 согласие требует новой подписи", "/consents/check/")


@pytest.mark.urls("config.urls.school")
@pytest.mark.usefixtures("inside")
def test_others_have_steps_of_their_own():
    make_person("Без Согласия", room="9В")
    from schools.people.models import SchoolClass

    room = str(SchoolClass.objects.get(title="9В").pk)
    assert step("class_teacher", room) == ("В вашем классе 1 человек без согласия", "/consents/")
    assert step("class_teacher", str(world.CLASS)) is None
    assert step("curator", "teacher-pupil") == ("Составьте пару", "/pairs/new/")
    assert step("psychologist") == ("Посмотрите, кто остался без наставника", "/pairs/unpaired/")
    assert step("mentor") is None


@pytest.mark.usefixtures("inside")
def test_people_are_counted_once():
    both = make_person("Педагог Студент", date(1990, 1, 1), ("teacher", "staff"))
    make_consent(both)
    found = numbers(actor_with("director"), TODAY)
    assert (found.pupils, found.teachers, found.enrolled) == (1, 2, 3)
    assert (found.consented, found.without_consent, found.pairs_acting, found.pairs_waiting) == (2, 1, 1, 0)


def test_a_participant_sees_the_own_pair_and_it_is_recorded(client_at: Callable[[str], Client]):
    mentee = sign_in(client_at, SCHOOL_A, "mentee", person_id=world.MENTEE)
    page = mentee.get("/").content.decode()
    assert "Мои пары" in page
    assert f"{SCHOOL_A.surname} Учитель" in page
    with school(SCHOOL_A.schema):
        from core.audit.models import AuditRecord

        assert [row.action for row in AuditRecord.objects.all()] == ["pairs.own_viewed"]
    nobody = sign_in(client_at, SCHOOL_A, "mentee")
    page = nobody.get("/").content.decode()
    assert "Здесь появится ваше участие" in page
    assert SCHOOL_A.surname not in page


def test_coverage_by_each_definition_and_who_is_missing(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        mentor = make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",))
        make_person("Ученик Одинокий")
        make_pair(mentor, make_person("Ученик Ждущий"))
        make_pair(mentor, make_person("Ученик Несогласный"), order=make_order())
    rows = director.get("/coverage/").context["rows"]
    assert [(row["figure"].definition.code, row["figure"].num, row["figure"].den, row["missing"]) for row in rows] == [
        ("pupils", 1, 4, 2),
        ("pupils_10_19_mentee", 1, 4, 2),
        ("pupils_10_19_any", 1, 4, 2),
        ("teachers", 0, 2, 2),
        ("pupils_and_teachers", 1, 6, 4),
    ]
    page = director.get("/coverage/people/?definition=pupils")
    assert [(row["person"].full_name, str(row["reason"].text)) for row in page.context["rows"]] == [
        ("Ученик Ждущий", "Пара ждёт приказа"),
        ("Ученик Несогласный", "Есть пара, нет согласия"),
        ("Ученик Одинокий", "Нет пары"),
    ]
    only = director.get("/coverage/people/?definition=pupils&reason=pair").context["rows"]
    assert [row["person"].full_name for row in only] == ["Ученик Одинокий"]
    assert director.get("/coverage/people/?definition=nonsense").status_code == 404
    early = director.get("/coverage/?day=2026-09-12").context["rows"]
    assert [row["figure"].num for row in early] == [0, 0, 0, 0, 0]
