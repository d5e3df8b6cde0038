"""An order that changes and ends pairs: its clauses name the order before, and reasons that blame nobody."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.tenancy import school
from schools.pairs.cancelling import cancel_order
from schools.pairs.mentor_change import NewMentor, change_mentor
from schools.pairs.models import Order, Pair
from schools.pairs.orders import approve_pairs
from schools.pairs.selectors import acting_q, drafts, endings_to_order
from schools.pairs.services import end_pair
from schools.papers.keeping import kept_text, lines_of
from schools.papers.lines import Lines, extract_of
from schools.people.errors import FaultyActError
from schools.programme import year_services
from schools.programme.models import ProgrammeTask
from tests.schools.makers import TODAY, actor_with, audited, make_order, make_pair, make_person
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SECRET = "поссорились на перемене"


def mentor(name: str) -> Any:
    return make_person(name, date(1980, 1, 1), ("teacher",))


def acting() -> tuple[Any, Any]:
    """Two pairs under order № 84-од: one whose mentor will change, and one that will end."""
    order = make_order("84-од")
    first = make_pair(mentor("Сидорова Вера Глебовна"), make_person("Иванов Пётр Сергеевич", room="5А"), order=order)
    second = make_pair(mentor("Кротов Олег Олегович"), make_person("Белова Анна Ильинична"), order=order)
    return first, second


def change(first: Any, second: Any) -> Any:
    """Change the one's mentor from 25 November, end the other on the 20th; both act at once, without paper."""
    director = actor_with("director")
    new = NewMentor(mentor_id=mentor("Петрова Анна Борисовна").pk, starts_on=date(2026, 11, 25))
    made = change_mentor(actor=director, pair_id=first.pk, data=new)
    end_pair(actor=director, pair_id=second.pk, ends_on=date(2026, 11, 20), reason=SECRET, code="other")
    return made


def signed(pairs: list[Any], endings: list[Any], number: str = "90-од") -> Order:
    ids = {"pair_ids": [row.pk for row in pairs], "ending_ids": [row.pk for row in endings]}
    return approve_pairs(actor=actor_with("director"), number=number, signed_on=TODAY, **ids)


def text(order: Order) -> list[str]:
    known = kept_text(order)
    assert known is not None
    lines: Lines = lines_of(known)
    return [f"{each.number} {each.text}".strip() for each in lines]


@pytest.mark.usefixtures("inside")
def test_changes_and_ends_refer_to_the_order_before():
    first, second = acting()
    made = change(first, second)
    director = actor_with("director")
    before = set(Pair.objects.filter(acting_q(TODAY)).values_list("pk", flat=True))
    assert set(endings_to_order(director)) == {Pair.objects.get(pk=first.pk), Pair.objects.get(pk=second.pk)}
    order = signed([made], [second])
    found = text(order)
    assert "О внесении изменений в приказ от 10.09.2026 № 84-од" in found
    assert "1. Внести изменения в приказ от 10.09.2026 № 84-од, сменить наставника:" in found
    clause = "закрепить Петрову А. Б. (наставник) за Ивановым П. С., 5А (наставляемый) вместо Сидоровой В. Г."
    assert f"1.1. {clause}, с 25.11.2026;" in found
    assert "2. Прекратить наставничество, закреплённое приказом от 10.09.2026 № 84-од:" in found
    ended = "Кротов О. О. (наставник) и Белова А. И. (наставляемый), последний день 20.11.2026"
    assert f"2.1. {ended}, основание: решение школы;" in found
    assert not any(SECRET in each for each in found)
    part = [each.number for each in extract_of(lines_of(kept_text(order)), {second.pk}, "ВЫПИСКА")]
    assert [number for number in part if number.startswith(("1.", "2."))] == ["2.", "2.1."]
    # The one whose mentor changed comes along; nothing of what acts today has moved by the paper.
    assert not endings_to_order(director).exists()
    assert set(Pair.objects.filter(ended_by=order)) == {Pair.objects.get(pk=first.pk), Pair.objects.get(pk=second.pk)}
    assert set(Pair.objects.filter(acting_q(TODAY)).values_list("pk", flat=True)) == before
    assert ("orders.approved", str(order.pk)) in audited()


@pytest.mark.usefixtures("inside")
def test_an_order_of_ends_alone_and_one_of_everything_are_called_what_they_are():
    first, second = acting()
    made = change(first, second)
    assert "О прекращении наставничества" in text(signed([], [second]))
    new = make_pair(mentor("Новый Ян Янович"), make_person("Первый Ян Янович"))
    found = text(signed([made, new], [], "91-од"))
    title = "Об утверждении наставнических пар/групп и о внесении изменений в приказ от 10.09.2026 № 84-од"
    assert title in found
    assert "1. Утвердить наставнические пары/группы и закрепить:" in found
    assert "2. Внести изменения в приказ от 10.09.2026 № 84-од, сменить наставника:" in found


@pytest.mark.usefixtures("inside")
def test_what_is_refused_and_what_comes_back():
    first, second = acting()
    made = change(first, second)
    order = signed([made], [second])
    for pairs, endings, number, code in (
        ([], [second], "92", "stale"),
        ([], [], "92", "no_pairs"),
        ([make_pair(mentor("Поздний Ян"), make_person("Второй Ян"))], [], "90-од", "has_changes"),
    ):
        with pytest.raises(FaultyActError) as refusal:
            signed(pairs, endings, number)
        assert [fault.code for fault in refusal.value.faults] == [code]
    # Corrected, its end needs paper again; so does everything when the order is cancelled.
    end_pair(actor=actor_with("director"), pair_id=second.pk, ends_on=date(2026, 11, 19), code="left")
    assert list(endings_to_order(actor_with("director"))) == [second]
    assert not drafts(actor_with("director")).filter(pk=made.pk).exists()
    cancel_order(actor=actor_with("director"), order_id=order.pk, number="93", signed_on=TODAY)
    assert first in endings_to_order(actor_with("director"))
    assert Pair.objects.get(pk=first.pk).ends_on == date(2026, 11, 24)


@pytest.mark.usefixtures("inside")
def test_clauses_name_who_answers_and_until_when():
    coordinator = actor_with("coordinator")
    data = year_services.YearData(starts_on=date(2026, 9, 2))
    year = year_services.start_year(actor=coordinator, data=data, profiles=["r-145", "az-1128"])
    known = mentor("Ответова Инна Ильинична")
    known.enrolments.update(post="заместитель директора")
    plans = ProgrammeTask.objects.filter(year=year, product="plans", profile="r-145")
    plans.update(responsible=[known.pk], due_on=date(2026, 12, 1))
    found = text(signed([make_pair(mentor("Первый Ян Янович"), make_person("Ученик Ян Янович"))], []))
    who = "Ответственный: Ответова И. И. – заместитель директора."
    plan = "Наставникам составить с наставляемыми на каждую пару: индивидуальный план развития; вести учёт встреч."
    assert f"2. {plan} Срок: до 01.12.2026. {who}" in found
    assert any(each.startswith("3. Кураторам форм наставничества внести пары (группы) в базу ") for each in found)
    assert not any("письменные согласия педагогов" in each for each in found)
    teachers = make_pair(mentor("Опытный Ян Янович"), mentor("Новичок Ян Янович"), "teacher-teacher")
    found = text(signed([teachers], [], "91"))
    assert any("на каждую пару: персонализированная программа наставничества;" in each for each in found)
    assert any("письменные согласия педагогов на дополнительную работу" in each for each in found)
    assert any(" в банк наставников и наставляемых" in each for each in found)


def test_the_page_collects_what_has_changed_since(client_at):
    director = sign_in(client_at, SCHOOL_A, "director")
    with school(SCHOOL_A.schema):
        first, second = acting()
        made = change(first, second)
    page = director.get("/orders/approve/")
    assert [row["pair"].pk for row in page.context["endings"]] == [second.pk]
    assert "завершённой пары ещё нет в приказе" in director.get("/orders/").content.decode()
    typed = {"pairs": [made.pk], "endings": [second.pk], "number": "90-од", "signed_on": "2026-11-21"}
    card = director.post("/orders/approve/", typed, follow=True).content.decode()
    assert "Завершены этим приказом: 2" in card
    assert director.get("/orders/approve/").context["endings"] == []
    assert "№ 90-од" in director.get(f"/pairs/{second.pk}/").content.decode()
