"""The order on pairs as a document: what stands in it, who gets it, and that it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader

from core.tenancy import school
from tests.schools.makers import audited, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def lines(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]


def test_the_order_names_everybody_in_the_right_case(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        mentor = make_person("Петрова Анна Борисовна", date(1980, 1, 1), ("teacher",))
        mentee = make_person("Иванов Пётр Сергеевич", room="5А")
        order = make_order("85-од")
        make_pair(mentor, mentee, order=order, ends_on=date(2027, 5, 31))
        make_pair(mentor, make_person("<b>Хитров Лев Павлович"))
    answer = director.get(f"/papers/orders/{order.pk}.docx")
    made, *text = lines(answer.content)
    assert made == "Составлено по данным школы 21.11.2026. Подписанный приказ хранится на бумаге."
    assert text[:2] == [SCHOOL_A.title, "ПРИКАЗ"]
    assert text[2] == "от 10.09.2026 № 85-од"
    assert "1.1. По форме «учитель – ученик»:" in text
    assert "1.1.1. Петрову А. Б. (наставник) за Ивановым П. С., 5А (наставляемый), с 15.09.2026 по 31.05.2027;" in text
    assert "– Федеральный закон «Об образовании в Российской Федерации» от 29.12.2012 № 273-ФЗ;" in text
    assert not any("АЗ-1128" in line for line in text)
    draft = lines(director.get("/papers/orders/draft.docx").content)
    assert (draft[0], draft[3]) == ("Проект", "от ____________ № ____________")
    assert any("<b>Хитров Л. П." in line for line in draft)
    assert not any("Ивановым" in line for line in draft)
    with school(SCHOOL_A.schema):
        cancelling = make_order("86-од", date(2026, 11, 1))
        cancelling.cancels = order
        cancelling.save()
    paper = lines(director.get(f"/papers/orders/{cancelling.pk}.docx").content)
    assert "Об отмене приказа от 10.09.2026 № 85-од" in paper
    with school(SCHOOL_A.schema):
        exported = [row for row in audited() if row[0] == "orders.paper_exported"]
        assert exported == [("orders.paper_exported", each) for each in (str(order.pk), "", str(cancelling.pk))]


def test_both_files_hold_the_same_text(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        make_pair(make_person("Петрова Анна Борисовна", kinds=("teacher",)), make_person("<b>Хитров Лев Павлович"))
    answer = director.get("/papers/orders/draft.pdf")
    assert answer["Content-Type"] == "application/pdf"
    pdf = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    word = "".join(lines(director.get("/papers/orders/draft.docx").content))
    assert "<b>Хитров Л. П." in word
    assert "".join(pdf.split()) == "".join(word.split())


def test_others_get_nothing(client_at: Callable[[str], Client]):
    teacher = sign_in(client_at, SCHOOL_A, "class_teacher")
    assert teacher.get("/papers/orders/draft.docx").status_code == 403
    with school(SCHOOL_A.schema):
        assert audited() == []
