"""What the school says of itself stands on its papers; until then the register's title does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.tenancy import school
from tests.schools.makers import audited, make_pair, make_person
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
        from schools.papers.models import Requisites

        assert not Requisites.objects.exists()
        assert audited() == []
