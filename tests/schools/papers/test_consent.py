"""Consent documents: what the law asks for, who signs at which age, a class in one file, the record of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from docx import Document

from core.tenancy import school
from tests.schools.makers import audited, make_consent, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

NINE = (  # 152-ФЗ, ст. 9 ч. 4
    "Я, Ершова Анна Игоревна,",  # 2: the representative,
    "законный представитель (кем приходится: мать; документ, подтверждающий полномочия: ",
    "действуя за несовершеннолетнего: Ершов Пётр Ильич, дата рождения 05.05.2013,",  # 1: the subject,
    "адрес: ____",
    "документ, удостоверяющий личность (вид, номер): ____",
    f"согласие оператору: {SCHOOL_A.title}, адрес: ____",  # 3
    "1. Цель: ",  # 4
    "2. Перечень персональных данных:",  # 5
    "4. Кто обрабатывает данные по поручению оператора",  # 6
    "3. Действия с данными и способы обработки:",  # 7
    "5. Срок действия согласия:",  # 8
    "6. Как отозвать согласие:",
    "Подпись\t____________\tЕршова А. И.",  # 9
)


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]


def test_a_representative_signs_for_a_child_and_an_adult_for_himself(client_at: Callable[[str], Client]):
    from schools.people.models import Guardianship

    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        child = make_person("Ершов Пётр Ильич", date(2013, 5, 5), room="7Б")
        mother = make_person("Ершова Анна Игоревна", date(1985, 1, 1), ("parent",))
        Guardianship.objects.create(ward=child, guardian=mother, kinship="мать")
        grown = make_person("Взрослов Лев Львович", date(2008, 11, 21), room="7Б")
        room = child.enrolments.get().school_class_id
        make_consent(grown)
    text = lines(client.get(f"/papers/consents/{child.pk}.docx").content)
    whole = "\n".join(text)
    assert text[0] == "Согласие на обработку персональных данных"
    assert [words for words in NINE if words.strip() not in whole] == []
    assert any("уничтожает данные в течение 30 дней" in line for line in text)
    own = "\n".join(lines(client.get(f"/papers/consents/{grown.pk}.docx?kind=dissemination").content))
    assert own.startswith("Согласие на обработку персональных данных, разрешённых для распространения\n")
    assert "Я, Взрослов Лев Львович," in own
    assert "законный представитель" not in own
    assert client.get(f"/papers/consents/{child.pk}.docx?kind=nonsense").status_code == 404
    address = f"/consents/sheet/?room={room}&kind=processing"
    page = client.get(address).content.decode()
    assert f'href="/papers/consents/class.docx?room={room}&amp;kind=processing"' in page
    everybody = Document(BytesIO(client.get(f"/papers/consents/class.docx?room={room}&kind=processing").content))
    headings = [row for row in everybody.paragraphs if row.text == text[0]]
    assert [bool(row.paragraph_format.page_break_before) for row in headings] == [False, True]
    lacking = lines(client.get(f"/papers/consents/class.docx?room={room}&kind=processing&missing").content)
    assert "Я, Ершова Анна Игоревна," in lacking
    assert "Я, Взрослов Лев Львович," not in lacking
    with school(SCHOOL_A.schema):
        printed = [row[1] for row in audited() if row[0] == "consents.paper_printed"]
        assert printed == [str(child.pk), str(grown.pk), "", ""]


def test_of_two_representatives_nobody_is_named_and_others_get_nothing(client_at: Callable[[str], Client]):
    from schools.people.models import Guardianship

    client = sign_in(client_at, SCHOOL_A, "coordinator")
    with school(SCHOOL_A.schema):
        child = make_person("Ершов Пётр Ильич", room="7Б")
        for name, kinship in (("Ершова Анна", "мать"), ("Ершов Илья", "отец")):
            parent = make_person(name, date(1985, 1, 1), ("parent",))
            Guardianship.objects.create(ward=child, guardian=parent, kinship=kinship)
        later, from_day = make_person("Ершов Глеб Ильич", room="7Б"), date(2099, 1, 1)
        Guardianship.objects.create(ward=later, guardian=parent, kinship="опекун", from_date=from_day)
    text = "\n".join(lines(client.get(f"/papers/consents/{child.pk}.docx").content))
    assert "Ершова" not in text
    assert "кем приходится: ____" in text
    # Who will be a guardian signs nothing yet.
    assert "Ершов Илья" not in "\n".join(lines(client.get(f"/papers/consents/{later.pk}.docx").content))
    assert client.get("/papers/consents/class.docx?room=nonsense").status_code == 404
    mentor = sign_in(client_at, SCHOOL_A, "mentor")
    assert mentor.get(f"/papers/consents/{child.pk}.docx").status_code == 403
    assert mentor.get("/papers/consents/class.docx").status_code == 403
