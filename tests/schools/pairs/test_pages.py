"""Making a pair, approving and ending it, in a browser without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from core.tenancy import school
from schools.pairs.models import Order, Pair
from tests.schools.makers import TODAY, audited, make_consent, make_order, make_pair, make_person, search
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NEW = "/pairs/new/?form=teacher-pupil"


@pytest.fixture
def couple() -> tuple[Any, Any]:
    """Return a teacher and a pupil with consents."""
    with school(SCHOOL_A.schema):
        mentor = make_person("Педагог Опытный", date(1980, 1, 1), ("teacher",))
        mentee = make_person("Ученик Первый")
        make_consent(mentor)
        make_consent(mentee)
    return mentor, mentee


def browser(client_at: Callable[[str], Client], role: str = "director", scope: str = "") -> Client:
    return sign_in(client_at, SCHOOL_A, role, scope)


def last_pair() -> Any:
    with school(SCHOOL_A.schema):
        return Pair.objects.select_related("order").exclude(pk=world.PAIR).get()


def test_a_search_loses_nothing_that_was_typed(client_at: Callable[[str], Client], couple: tuple[Any, Any]):
    mentor, mentee = couple
    typed = {
        "search": "mentees",
        "mentor": str(mentor.pk),
        "mentor_q": "опытн",
        "mentee_q": "первый",
        "mentees": [str(world.MENTEE)],
        "starts_on": "2026-12-01",
        "role_variant": "учитель – пассивный ученик",
        "group_title": "Наша группа",
    }
    response = browser(client_at).post(NEW, typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert f'value="{mentor.pk}" checked' in page
    assert f'value="{world.MENTEE}" checked' in page
    assert f'value="{mentee.pk}"><span>Ученик Первый' in page
    for words in ('value="2026-12-01"', 'value="Наша группа"', 'учитель – пассивный ученик" selected'):
        assert words in page, words
    with school(SCHOOL_A.schema):
        assert [action for action, _ in audited()] == ["people.candidates_viewed"]


def test_a_pair_is_made_and_waits(client_at: Callable[[str], Client], couple: tuple[Any, Any]):
    mentor, mentee = couple
    typed = {"mentor": mentor.pk, "mentees": [mentee.pk], "starts_on": "2026-11-01", "ends_on": ""}
    response = browser(client_at).post(NEW, typed, follow=True)
    pair = last_pair()
    assert response.redirect_chain == [(f"/pairs/{pair.pk}/", 302)]
    assert (pair.mentor_id, pair.mentee_id, pair.starts_on, pair.ends_on) == (
        mentor.pk,
        mentee.pk,
        date(2026, 11, 1),
        None,
    )
    assert "Ждёт приказа" in response.content.decode()


def test_a_refusal_is_said_in_words_and_keeps_the_choice(client_at: Callable[[str], Client], couple: tuple[Any, Any]):
    mentor, _mentee = couple
    typed = {"mentor": mentor.pk, "mentees": [mentor.pk], "starts_on": "2026-11-01"}
    page = browser(client_at).post(NEW, typed).content.decode()
    assert "Педагог Опытный: человек не может быть наставником самому себе." in page
    assert f'value="{mentor.pk}" checked' in page
    page = browser(client_at).post(NEW, {"starts_on": "31.02.2026"}).content.decode()
    for words in ("Выберите наставника.", "Выберите хотя бы одного наставляемого.", 'value="31.02.2026"'):
        assert words in page, words
    with school(SCHOOL_A.schema):
        assert Pair.objects.count() == 1


def test_a_curator_is_offered_the_own_form_alone(client_at: Callable[[str], Client]):
    curator = browser(client_at, "curator", "teacher-teacher")
    assert curator.get("/pairs/new/").context["mentoring_form"].code == "teacher-teacher"
    assert curator.get("/pairs/new/?form=pupil-pupil").context["mentoring_form"].code == "teacher-teacher"
    assert [row["title"] for row in browser(client_at).get("/pairs/new/").context["forms"]][:2] == [
        "ученик – ученик",
        "учитель – учитель",
    ]


def test_the_director_approves_the_marked_pairs(client_at: Callable[[str], Client], couple: tuple[Any, Any]):
    with school(SCHOOL_A.schema):
        pair = make_pair(*couple)
    director = browser(client_at)
    assert f'value="{pair.pk}"' in director.get("/orders/approve/").content.decode()
    typed = {"pairs": [pair.pk], "number": "84-од", "signed_on": "2026-12-31"}
    response = director.post("/orders/approve/", typed, follow=True)
    page = response.content.decode()
    with school(SCHOOL_A.schema):
        order = Order.objects.get(number="84-од")
    assert response.redirect_chain == [(f"/orders/{order.pk}/", 302)]
    assert "Утверждена 1 пара: приказ № 84-од от 31.12.2026." in page
    assert "Проверьте: дата приказа позже сегодняшнего дня." in page
    assert last_pair().order_id == order.pk


def test_what_is_missing_is_asked_for_and_the_marks_stay(client_at: Callable[[str], Client], couple: tuple[Any, Any]):
    with school(SCHOOL_A.schema):
        first, second = make_pair(*couple), make_pair(couple[0], make_person("Ученик Второй"))
    page = browser(client_at).post("/orders/approve/", {"pairs": [first.pk], "number": "", "signed_on": ""})
    body = page.content.decode()
    assert "Напишите номер приказа, как в журнале." in body
    assert "Укажите дату приказа." in body
    assert page.context["marked"] == {str(first.pk)}
    with school(SCHOOL_A.schema):
        assert Pair.objects.get(pk=second.pk).order is None


@pytest.mark.parametrize("role", ["coordinator", "curator"])
def test_nobody_else_reaches_the_approval(client_at: Callable[[str], Client], couple: tuple[Any, Any], role: str):
    with school(SCHOOL_A.schema):
        pair = make_pair(*couple)
    typed = {"pairs": [pair.pk], "number": "84-од", "signed_on": "2026-11-20"}
    other = browser(client_at, role, "teacher-pupil" if role == "curator" else "")
    assert other.post("/orders/approve/", typed).status_code == 403
    assert last_pair().order is None
    if role == "coordinator":
        assert other.post("/orders/record/", typed).status_code == 302
        assert last_pair().order.approved_by is None


def test_more_marks_than_a_form_takes_are_refused_in_words(client_at: Callable[[str], Client]):
    typed = {"number": "84-од", "signed_on": "2026-10-02", "pairs": [str(uuid4()) for _ in range(1500)]}
    answer = browser(client_at).post("/orders/approve/", typed)
    assert answer.status_code == 200
    assert "Слишком много отметок за один раз." in answer.content.decode()


def test_a_pair_is_ended_with_a_reason(client_at: Callable[[str], Client]):
    coordinator = browser(client_at, "coordinator")
    page = coordinator.post(f"/pairs/{world.PAIR}/end/", {"ends_on": "2026-11-01", "reason": ""}).content.decode()
    assert "Напишите, почему пара завершается." in page
    later = {"ends_on": "2099-05-25", "code": "completed"}
    page = coordinator.post(f"/pairs/{world.PAIR}/end/", later, follow=True).content.decode()
    assert "Записано: последний день пары 25.05.2099." in page
    coordinator.post(f"/pairs/{world.PAIR}/end/", {"ends_on": "2026-11-01", "reason": "Смена наставника"})
    page = coordinator.get(f"/pairs/{world.PAIR}/").content.decode()
    assert "Завершена" in page
    assert "Смена наставника" in page


def test_tabs_count_and_narrow(client_at: Callable[[str], Client], couple: tuple[Any, Any]):
    with school(SCHOOL_A.schema):
        draft = make_pair(*couple)
    page = browser(client_at).get("/pairs/")
    assert [(str(tab.label), tab.count) for tab in page.context["tabs"]] == [
        ("Все", 2),
        ("Ждут приказа", 1),
        ("Действуют", 1),
        ("Завершены", 0),
    ]
    rows = search(browser(client_at), "/pairs/", "ПЕРВЫЙ", state="draft").context["rows"]
    assert [row["pair"].pk for row in rows] == [draft.pk]
    assert browser(client_at).get("/pairs/?state=ended").context["rows"] == []


def test_the_list_and_the_order_name_whose_taking_part_was_taken_back(
    client_at: Callable[[str], Client], couple: tuple[Any, Any]
):
    mentor, mentee = couple
    with school(SCHOOL_A.schema):
        order = make_order()
        make_pair(mentor, mentee, order=order)
        make_consent(mentee, kind="participation", withdrawn_on=TODAY)
    client = browser(client_at)
    assert "отозвано согласие на участие: Ученик Первый" in client.get("/pairs/").content.decode()
    assert "отозвано согласие на участие" in client.get(f"/orders/{order.pk}/").content.decode()
