"""Every page of people, consents, pairs and orders: one audit row a view, a constant number of queries, exports."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core.tenancy import school
from schools.programme.audit import WORDS
from tests.schools.makers import audited, make_consent, make_order, make_pair, make_person, search
from tests.support import world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def director(client_at: Callable[[str], Client]) -> Client:
    """Return the director's browser."""
    return sign_in(client_at, SCHOOL_A, "director")


def crowd(number: int) -> None:
    """Add people with consents and pairs, half of them drafts."""
    with school(SCHOOL_A.schema):
        make_person("Одинокий Первый", room="3Б")
        mentor = make_person("Педагог Общий", date(1980, 1, 1), ("teacher",))
        order = make_order("77", date(2026, 9, 14))
        for index in range(number):
            pupil = make_person(f"Ученик Имя{index:02}", room=f"{index % 9 + 1}А")
            make_consent(pupil)
            make_pair(mentor, pupil, order=order if index % 2 else None)


def in_school() -> Any:
    return school(SCHOOL_A.schema)


PERSONAL = {
    "/people/": "people.list_viewed",
    f"/people/{world.MENTEE}/": "people.person_viewed",
    f"/people/{world.MENTEE}/edit/": "people.person_viewed",
    f"/people/{world.MENTEE}/enrol/": "people.person_viewed",
    f"/people/{world.MENTEE}/guardians/new/": "people.person_viewed",
    "/people/export/": "people.exported",
    "/consents/": "consents.list_viewed",
    "/consents/all/": "consents.list_viewed",
    "/consents/check/": "consents.list_viewed",
    f"/consents/new/{world.MENTEE}/": "people.person_viewed",
    f"/consents/{world.CONSENT}/withdraw/": "people.person_viewed",
    "/pairs/": "pairs.list_viewed",
    "/pairs/export/": "pairs.exported",
    "/pairs/unpaired/": "pairs.unpaired_viewed",
    "/pairs/new/?form=teacher-pupil": "people.candidates_viewed",
    f"/pairs/{world.PAIR}/": "pairs.pair_viewed",
    f"/pairs/{world.PAIR}/edit/": "pairs.pair_viewed",
    f"/pairs/{world.PAIR}/end/": "pairs.pair_viewed",
    f"/pairs/{world.PAIR}/discard/": "pairs.pair_viewed",
    f"/orders/{world.ORDER}/": "orders.order_viewed",
    "/orders/approve/": "pairs.drafts_viewed",
    "/orders/record/": "pairs.drafts_viewed",
    "/coverage/people/?definition=pupils": "coverage.people_viewed",
    "/audit/": "audit.viewed",
}
IMPERSONAL = ("/", "/people/new/", "/pairs/new/", "/orders/", "/coverage/", f"/orders/{world.ORDER}/correct/")


@pytest.mark.parametrize("path", PERSONAL)
def test_a_personal_page_leaves_exactly_one_record(director: Client, path: str):
    response = director.get(path)
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    with in_school():
        assert [action for action, _ in audited()] == [PERSONAL[path]]


@pytest.mark.parametrize("path", IMPERSONAL)
def test_a_page_without_people_leaves_none(director: Client, path: str):
    response = director.get(path)
    assert response.status_code == 200
    assert SCHOOL_A.surname not in response.content.decode()
    with in_school():
        assert audited() == []


# Sessions, the user, his grants and the audit row are among them; switches of the context are not counted.
QUERIES = {
    "/": 55,
    "/people/": 10,
    "/consents/": 11,
    "/consents/all/": 10,
    "/pairs/": 21,
    "/orders/": 7,
    "/orders/approve/": 18,
    "/coverage/": 10,
    "/coverage/people/?definition=pupils": 11,
    "/pairs/unpaired/": 9,
    "/audit/": 6,
}


@pytest.mark.parametrize("path", QUERIES)
def test_the_number_of_queries_does_not_grow_with_the_rows(director: Client, path: str):
    crowd(2)
    director.get(path)
    found = []
    for more in (0, 26):
        if more:
            with in_school():
                mentor = make_person("Ещё Педагог", date(1981, 1, 1), ("teacher",))
                for index in range(more):
                    make_pair(mentor, make_person(f"Новый Имя{index:02}", room="3Б"))
                    make_person(f"Одинокий Имя{index:02}", room="3Б")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = director.get(path)
        assert response.status_code == 200
        found.append(len(queries))
    assert found == [QUERIES[path]] * 2


def test_the_list_of_people_is_searched_and_filtered(director: Client):
    crowd(4)

    def listed(words: str = "", **filters: str) -> list[str]:
        return [row["person"].full_name for row in search(director, "/people/", words, **filters).context["rows"]]

    assert listed("ИМЯ02") == ["Ученик Имя02"]
    assert listed("имя", pair="draft") == ["Ученик Имя00", "Ученик Имя02"]
    assert listed("имя", pair="acting") == ["Ученик Имя01", "Ученик Имя03"]
    assert listed("педагог", kind="teacher", consent="no") == ["Педагог Общий"]
    assert listed("имя", consent="no") == []
    with in_school():
        from schools.people.models import SchoolClass

        room = SchoolClass.objects.get(title="3А").pk
    assert listed(room=str(room)) == ["Ученик Имя02"]
    assert len(listed(room="nonsense", kind="'")) == 8


def test_lists_have_pages_of_25(director: Client):
    crowd(30)
    first = search(director, "/people/", "имя")
    assert len(first.context["rows"]) == 25
    assert "Показаны 1–25 из 30" in first.content.decode()
    assert len(director.get("/people/?found=1&page=2").context["rows"]) == 5


def test_exports_hold_texts_and_no_formulas(director: Client):
    with in_school():
        person = make_person("=cmd|x @SUM(1)", kinds=("pupil",))
        make_pair(make_person("+Педагог -1", date(1980, 1, 1), ("teacher",)), person)
    search(director, "/people/", "cmd")
    search(director, "/pairs/", "cmd")
    book = load_workbook(BytesIO(director.get("/people/export/?found=1").content))
    rows = list(book.active.iter_rows(min_row=2))
    assert [[cell.value for cell in row][:2] for row in rows] == [["=cmd|x", "@SUM(1)"]]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "d", "n"}
    book = load_workbook(BytesIO(director.get("/pairs/export/?found=1").content))
    (row,) = book.active.iter_rows(min_row=2, values_only=True)
    assert (row[0], row[2], row[4], row[10]) == (
        "+Педагог -1",
        "=cmd|x @SUM(1)",
        "учитель – ученик",
        "Ждёт согласия родителя",
    )


def test_the_card_shows_what_the_reader_may_see(client_at: Callable[[str], Client], director: Client):
    page = director.get(f"/people/{world.MENTEE}/").content.decode()
    for words in ("Изменить карточку", "Отозвать", "Записать согласие", "СНИЛС", "Участие в парах", "7А"):
        assert words in page, words
    teacher = sign_in(client_at, SCHOOL_A, "class_teacher", str(world.CLASS))
    page = teacher.get(f"/people/{world.MENTEE}/").content.decode()
    assert "Отозвать" in page
    assert "Изменить карточку" not in page
    assert "СНИЛС" not in page
    assert teacher.get(f"/people/{world.MENTOR}/").status_code == 404
    curator = sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil")
    page = curator.get(f"/people/{world.MENTEE}/").content.decode()
    assert "Отозвать" not in page
    stranger = sign_in(client_at, SCHOOL_A, "curator", "pupil-pupil")
    assert stranger.get(f"/people/{world.MENTEE}/").status_code == 404


def test_pairs_of_other_forms_stay_unseen_on_a_shared_card(client_at: Callable[[str], Client]):
    with in_school():
        from schools.people.models import Person

        colleague = make_person("Коллега Тайный", date(1985, 1, 1), ("teacher",))
        make_pair(Person.objects.get(pk=world.MENTOR), colleague, "teacher-teacher")
    address = f"/people/{world.MENTOR}/"
    assert "Коллега Тайный" in sign_in(client_at, SCHOOL_A, "coordinator").get(address).content.decode()
    assert (
        "Коллега Тайный" not in sign_in(client_at, SCHOOL_A, "curator", "teacher-pupil").get(address).content.decode()
    )


def test_a_parent_s_card_names_the_children(director: Client):
    with in_school():
        from schools.people.models import Guardianship

        mother = make_person("Мать Родная", date(1985, 1, 1), ("parent",))
        Guardianship.objects.create(guardian=mother, ward_id=world.MENTEE, kinship="мать")
    page = director.get(f"/people/{mother.pk}/").content.decode()
    assert "Чей представитель" in page
    assert f'href="/people/{world.MENTEE}/"' in page


def test_the_record_tells_who_did_what(director: Client):
    director.get(f"/people/{world.MENTEE}/")
    lines = director.get("/audit/?views=all").context["lines"]
    assert [(line.what, line.who, line.about) for line in lines] == [
        ("Открыта карточка", "Проверочный Пользователь", "карточка")
    ]
    assert lines[0].url == f"/people/{world.MENTEE}/"
    assert director.get("/audit/").context["lines"] == []
    assert director.get("/audit/?views=views&until=2020-01-01").context["lines"] == []


def test_every_act_in_a_school_has_words():
    root = Path(__file__).parents[3]
    sources = [*root.glob("schools/**/*.py"), *root.glob("platform/core/accounts/**/*.py")]
    written = {
        name
        for path in sources
        for name in re.findall(r'action="([a-z_]+[.][a-z_]+)"', path.read_text("utf-8"))
        if not name.startswith(("district.", "region.", "school."))
    }
    assert len(written) >= 45
    assert written - set(WORDS) == set()
