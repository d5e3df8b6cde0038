"""A signed order keeps its text: nothing that is changed afterwards changes what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from core.tenancy import region, school
from schools.pairs.beside import move_everything
from schools.pairs.cancelling import cancel_order
from schools.pairs.models import Order, Pair
from schools.pairs.orders import approve_pairs, correct_order, record_signed_order
from schools.papers.keeping import keep_signed, kept_text, lines_of
from schools.papers.lines import pairs_in
from schools.papers.requisites import set_requisites
from schools.papers.services import order_file
from schools.people.models import Person
from schools.people.ties import join_accounts, tie_account
from schools.rights.registry import subject_of
from schools.rights.services import destroy_subject
from tenants.reference.models import LegalAct
from tenants.reference.remembered import forget_reference
from tests.schools.makers import TODAY, actor_with, make_order, make_pair, make_person
from tests.support.accounts import make_user, sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SIGNED = date(2026, 11, 20)
HEAD = {
    "full_name": "Школа до переименования", "address": "", "place": "с. Ключи", "director_post": "Директор",
    "director_name": "Первая Анна Ивановна",
}  # fmt: skip


def words_of(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(BytesIO(content)).paragraphs]


def text_of(order: Any, role: str = "director", scope: str = "") -> list[str]:
    actor = actor_with(role, scope)
    return words_of(order_file(actor=actor, school=SCHOOL_A.title, order_id=order.pk, way="docx"))


def approved(*pairs: Any, number: str = "84-од") -> Any:
    director = actor_with("director")
    return approve_pairs(actor=director, pair_ids=[pair.pk for pair in pairs], number=number, signed_on=SIGNED)


def two() -> tuple[Any, Any]:
    return make_person("Петрова Анна Борисовна", date(1980, 1, 1), ("teacher",)), make_person("Иванов Пётр", room="5А")


def test_what_was_signed_stays_whatever_is_renamed(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        chief = actor_with("director")
        set_requisites(actor=chief, **HEAD)
        mentor, mentee = two()
        order = approved(make_pair(mentor, mentee))
        make_pair(mentor, make_person("Черновиков Лев Ильич"))
    page = f"/papers/orders/{order.pk}"
    before = words_of(director.get(f"{page}.docx").content)
    assert before[:4] == ["Школа до переименования", "ПРИКАЗ", "от 20.11.2026 № 84-од", "с. Ключи"]
    assert "1.1.1. Петрову А. Б. (наставник) за Иванов П., 5А (наставляемый), с 15.09.2026;" in before
    assert before[-1].endswith("Петрова А. Б.")
    with school(SCHOOL_A.schema):
        Person.objects.filter(pk=mentor.pk).update(surname="Сидорова")
        set_requisites(actor=chief, **HEAD | {"full_name": "Школа после", "director_name": "Вторая Инна Ильинична"})
        Pair.objects.filter(order=order).update(role_variant="другая", ends_on=TODAY)
    with region():
        LegalAct.objects.now().filter(code="273-fz").update(title="Новый закон")
    forget_reference()
    assert words_of(director.get(f"{page}.docx").content) == before
    pdf = "".join(each.extract_text() for each in PdfReader(BytesIO(director.get(f"{page}.pdf").content)).pages)
    assert "".join(pdf.split()) == "".join("".join(before).split())
    draft = words_of(director.get("/papers/orders/draft.docx").content)
    assert draft[:4] == ["Проект", "Школа после", "ПРИКАЗ", "от ____________ № ____________"]
    assert "– Новый закон от 29.12.2012 № 273-ФЗ;" in draft
    assert any("Сидорову А. Б." in each for each in draft)
    with school(SCHOOL_A.schema):
        kept = kept_text(order)
        assert kept is not None
        assert (kept.format, kept.reference["legal_acts"]["273-fz"], kept.reference["forms"]) == (
            1, 1, {"teacher-pupil": 1},
        )  # fmt: skip


def test_pairs_that_come_under_the_same_number_are_added(inside):
    mentor, mentee = two()
    order = approved(make_pair(mentor, mentee))
    before = text_of(order)
    Person.objects.filter(pk=mentor.pk).update(surname="Сидорова")
    other = make_person("Волков Олег Олегович", date(1981, 1, 1), ("teacher",))
    second = make_pair(other, make_person("Белов Иван Ильич"))
    approved(second, make_pair(mentor, make_person("Серов Ян Янович"), form="pupil-pupil"))
    after = text_of(order)
    assert [each for each in after if each in before] == before
    assert [each for each in after if each not in before] == [
        "1.1.2. Волкова О. О. (наставник) за Беловым И. И. (наставляемый), с 15.09.2026;",
        "1.2. По форме «ученик – ученик»:",
        "1.2.1. Сидорову А. Б. (наставник) за Серовым Я. Я. (наставляемый), с 15.09.2026;",
        "____________\t____________\tВолков О. О.",
    ]
    assert after.index("1.2. По форме «ученик – ученик»:") < next(
        place for place, each in enumerate(after) if each.startswith("2. ")
    )
    assert kept_text(order).people == sorted({mentor.pk, mentee.pk, other.pk, *_mentees(order)})


def _mentees(order: Any) -> set[Any]:
    return set(Pair.objects.filter(order=order).values_list("mentee", flat=True))


def test_a_corrected_slip_is_followed_and_nothing_else(inside):
    mentor, mentee = two()
    order = approved(make_pair(mentor, mentee))
    before = text_of(order)
    Person.objects.filter(pk=mentor.pk).update(surname="Сидорова")
    correct_order(actor=actor_with("director"), order_id=order.pk, number="85", signed_on=TODAY)
    after = text_of(order)
    assert after == [each.replace("20.11.2026 № 84-од", "21.11.2026 № 85") for each in before]


def test_an_order_of_an_import_says_that_it_is_made_up_until_it_is_cancelled(inside):
    mentor, mentee = two()
    order = make_order("7-п")
    pair = make_pair(mentor, mentee, order=order)
    assert kept_text(order) is None
    assert text_of(order)[0] == "Составлено по данным школы 21.11.2026. Подписанный приказ хранится на бумаге."
    cancelling = cancel_order(actor=actor_with("director"), order_id=order.pk, number="8-п", signed_on=order.signed_on)
    assert Pair.objects.get(pk=pair.pk).order is None
    # The pair is not of the order any more; what was ordered stays told.
    assert any(each.startswith("1.1.1. Петрову А. Б.") for each in text_of(order))
    made = text_of(cancelling)
    assert made[1:4] == ["ПРИКАЗ", "от 10.09.2026 № 8-п", "Об отмене приказа от 10.09.2026 № 7-п"]
    assert "1. Отменить приказ от 10.09.2026 № 7-п «Об утверждении наставнических пар/групп» с 10.09.2026." in made
    assert kept_text(cancelling).people == []


def test_an_incomplete_order_is_a_draft_until_it_has_number_and_date(inside):
    order = make_order("", None)
    make_pair(*two(), order=order)
    assert text_of(order)[0] == "Проект"
    correct_order(actor=actor_with("director"), order_id=order.pk, number="9", signed_on=SIGNED)
    assert text_of(order)[:2] == [SCHOOL_A.title, "ПРИКАЗ"]
    assert kept_text(Order.objects.get(pk=order.pk)) is not None


def test_an_order_recorded_from_paper_keeps_the_text_of_that_day(inside):
    pair = make_pair(*two())
    actor = actor_with("coordinator")
    order = record_signed_order(actor=actor, pair_ids=[pair.pk], number="84", signed_on=SIGNED)
    before = text_of(order)
    Person.objects.filter(pk=pair.mentor_id).update(surname="Сидорова")
    assert text_of(order) == before


def test_who_sees_only_some_of_the_pairs_gets_an_extract_with_the_orders_own_numbers(inside):
    mentor, mentee = two()
    lead = make_person("Ольгин Олег Олегович", date(2010, 1, 1))
    order = approved(make_pair(lead, make_person("Малов Ян Янович"), form="pupil-pupil"), make_pair(mentor, mentee))
    whole, part = text_of(order), text_of(order, "curator", "teacher-pupil")
    assert part[1] == "ВЫПИСКА ИЗ ПРИКАЗА"
    assert set(whole) - set(part) == {
        "ПРИКАЗ",
        "1.1. По форме «ученик – ученик»:",
        "1.1.1. Ольгина О. О. (наставник) за Маловым Я. Я. (наставляемый), с 15.09.2026;",
        "____________\t____________\tОльгин О. О.",
    }
    assert "1.2.1. Петрову А. Б. (наставник) за Иванов П., 5А (наставляемый), с 15.09.2026;" in part


def test_who_is_destroyed_is_named_no_more_and_the_rest_stays(inside):
    from schools.pairs.models import Group

    mentor, mentee = two()
    pair = make_pair(mentor, mentee, group=Group.objects.create(title="Кружок Петровой"))
    order = approved(pair)
    before = text_of(order)
    destroy_subject(subject_of(mentor), 3, TODAY)
    after = text_of(order)
    clause = "1.1.1. Удалённое лицо (наставник) за Иванов П., 5А (наставляемый), группа, с 15.09.2026;"
    assert [each for each in after if each not in before] == [clause, "____________\t____________\tУдалённое лицо"]
    assert len(after) == len(before)
    assert kept_text(order).people == [mentee.pk]
    assert "Петров" not in str(kept_text(order).lines)


@pytest.mark.parametrize("tied", ["before", "after", "second"])
def test_the_coordinator_who_answers_is_named_no_more_either(inside, tied: str):
    card = make_person("Ответова Инна Ильинична", date(1985, 1, 1), ("teacher",))
    card.enrolments.update(post="завуч")
    user = make_user("coordinator", name=card.full_name, person_id=card.pk if tied == "before" else None)
    order = approved(make_pair(*two()))
    assert sum("Ответственный: Ответова И. И. – " in each for each in text_of(order)) >= 2
    if tied == "after":
        tie_account(actor=actor_with("director"), user_id=user.pk, person_id=card.pk)
    elif tied == "second":
        kept = make_user("director", login="kept", person_id=card.pk, with_totp=False)
        join_accounts(actor=actor_with("director"), user_id=kept.pk, login=user.login)
    destroy_subject(subject_of(card), 3, TODAY)
    after = text_of(order)
    assert sum("Ответственный: Удалённое лицо." in each for each in after) >= 2
    assert not [each for each in after if "Ответова" in each or "завуч" in each]
    assert not {card.pk, user.pk} & set(kept_text(order).people)


def test_a_pair_recorded_twice_keeps_its_clause(inside):
    pair = make_pair(*two())
    order = approved(pair)
    kept = make_pair(pair.mentor, pair.mentee, starts_on=date(2026, 9, 16))
    move_everything(kept, pair)
    assert pairs_in(lines_of(kept_text(order))) == {kept.pk}


def test_keeping_costs_the_same_for_more_pairs(inside):
    def cost_of(count: int) -> int:
        order = make_order(f"{count}-к")
        for number in range(count):
            make_pair(make_person(f"Наставник Имя{number} {count}", kinds=("teacher",)), make_person(), order=order)
        with CaptureQueriesContext(connection) as caught:
            keep_signed(order)
        return len(caught)

    cost_of(2)  # what is remembered for a while is remembered
    assert cost_of(1) == cost_of(4)


def test_the_card_tells_what_its_text_is(client_at: Callable[[str], Client]):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        order, old = approved(make_pair(*two())), make_order("1")
        make_pair(make_person("Поздний Олег", kinds=("teacher",)), make_person("Ушаков Ян"), order=order)
        day = timezone.localtime(kept_text(order).kept_at)
    page = director.get(f"/orders/{order.pk}/").content.decode()
    assert f"Сохранён {day:%d.%m.%Y %H:%M}" in page
    assert "Пар, которых нет в тексте" in page
    assert "Составляется по данным школы" in director.get(f"/orders/{old.pk}/").content.decode()
