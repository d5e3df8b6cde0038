"""What the school says of itself stands on its papers; until then the register's title does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from core.tenancy import school
from schools.papers.models import Requisites
from schools.rights.printing import held_on
from schools.rights.registry import holdings, subject_of
from tests.schools.makers import TODAY, actor_with, audited, make_pair, make_person
from tests.schools.papers.test_consent import lines
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TYPED = {
    "full_name": "Муниципальное бюджетное  общеобразовательное учреждение «Ключевская школа»",
    "address": "658980, с. Ключи, ул. Центральная, 1",
    "place": "с. Ключи",
    "director_post": "И. о. директора",
    "director_name": "Тополева Инна Олеговна",
}


def test_requisites_stand_on_papers(client_at: Callable[[str], Client]):
    client = sign_in(client_at, SCHOOL_A, "coordinator")
    page = client.get("/papers/requisites/").content.decode()
    assert f"В бумагах пока стоит название из реестра региона: «{SCHOOL_A.title}»." in page
    answer = client.post("/papers/requisites/", TYPED, follow=True)
    assert "Реквизиты сохранены" in answer.content.decode()
    assert "название из реестра" not in answer.content.decode()
    with school(SCHOOL_A.schema):
        child = make_person("Ершов Пётр Ильич", room="7Б")
        make_pair(make_person("Петрова Анна Борисовна", kinds=("teacher",)), child)
        assert [row for row in audited() if row[0] == "papers.requisites_set"] == [("papers.requisites_set", "")]
    consent = "\n".join(lines(client.get(f"/papers/consents/{child.pk}.docx").content))
    name = "Муниципальное бюджетное общеобразовательное учреждение «Ключевская школа»"
    assert f"{name}, адрес: 658980, с. Ключи, ул. Центральная, 1." in consent
    order = lines(client.get("/papers/orders/draft.docx").content)
    assert order[1] == name
    assert order[4] == "с. Ключи"
    assert "И. о. директора\t____________\tТополева И. О." in order


def test_nobody_else_says_what_stands_on_papers(client_at: Callable[[str], Client]):
    teacher = sign_in(client_at, SCHOOL_A, "class_teacher")
    assert teacher.post("/papers/requisites/", TYPED).status_code == 403
    with school(SCHOOL_A.schema):
        assert not Requisites.objects.exists()
        assert audited() == []


def test_the_head_s_name_is_printed_and_destroyed_with_the_head(inside):
    head = make_person("Тополева Инна Олеговна", date(1970, 1, 1), ("teacher",))
    others = [
        make_person("Тополева Инна Олеговна", date(2012, 5, 5)),  # a child heads no school
        make_person("Тополева Анна Олеговна", date(1970, 1, 1), ("teacher",)),
    ]
    (holding,) = (each for each in holdings() if each.model is Requisites)
    row = Requisites.objects.create(**TYPED)
    for typed in ("Тополева Инна Олеговна", "тополёва  И.О.", "Тополева И. О."):
        Requisites.objects.update(director_name=typed)
        assert [list(holding.find(subject_of(person))) for person in (*others, head)] == [[], [], [row]]
    section = next(
        each
        for each in held_on(actor=actor_with("director"), person_id=head.pk).sections
        if each.table == "papers.requisites"
    )
    (shown,) = section.values
    assert (shown["director_name"], shown["director_post"], shown["address"]) == (
        "Тополева И. О.", "И. о. директора", "",
    )  # fmt: skip
    holding.destroy(subject_of(others[0]), TODAY)
    assert Requisites.objects.get().director_name
    holding.destroy(subject_of(head), TODAY)
    left = Requisites.objects.get()
    assert (left.director_name, left.full_name) == ("", TYPED["full_name"])
