"""Scenario 7: the director gets the order as an editable document, types its number and date, approves in one act."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Hands, lines_of_docx, text_of_pdf
from tests.journeys.instance import described, instance, run
from tests.support.database import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SAMPLES, CODE = ROOT / "tests" / "data" / "samples", "sch01"
TEACHER, OTHER = ("Опытнова", "Анна", "Борисовна"), ("Мудрецкий", "Лев", "Павлович")
PUPILS = (("Мальцев", "Пётр", "Сергеевич"), ("Юная", "Мария", "Львовна"))
HEAD = "1. Утвердить наставнические пары/группы и закрепить:"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("order")
    with instance(home):
        run(home, "manage", "load_region", str(SAMPLES))
        yield home
    shutil.rmtree(home, ignore_errors=True)


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Moscow")).date()


def account(home: Path, role: str) -> dict[str, str]:
    made = run(home, "manage", "create_account", "--host", CODE, "--role", role, "--login", f"{role}-7")
    return dict(json.loads(made.stdout))


def added(hands: Hands, name: tuple[str, str, str], birth: date, kind: str, more: tuple[str, str]) -> str:
    """Add a person on the page; return the address of the card."""
    hands.go("/people/new/")
    for label, text in zip(("Фамилия", "Имя", "Отчество"), name, strict=True):
        hands.write(label, text)
    hands.write_day("Дата рождения", birth)
    hands.mark(kind)
    hands.write_day("Дата зачисления или приёма на работу", date(2026, 9, 1))
    hands.write(*more)
    hands.press("Добавить человека")
    hands.titled(name[0])
    return hands.page.url


def paired(hands: Hands, form: str, mentor: str, mentees: tuple[str, ...]) -> None:
    """Make draft pairs by hand."""
    hands.go("/pairs/new/")
    hands.press(form)
    for field, button, names in (
        ("Поиск наставника", "Найти наставника", (mentor,)),
        ("Поиск наставляемых", "Найти наставляемых", mentees),
    ):
        for name in names:
            hands.write(field, name)
            hands.press(button)
            hands.page.locator("main fieldset label").filter(has_text=name).first.locator("input").check()
    hands.press("Составить пару")
    hands.sees("Ждёт")


def of_order(lines: list[str]) -> list[str]:
    """Return the clauses about the people of this journey, without the days and what another clause may change."""
    return [line for line in lines if re.search("Опытнов|Мудрецк", line) and "(наставник)" in line]


def test_scenario_07_order_on_pairs(browser: Browser, home: Path) -> None:
    host = described(home)["schools"][CODE]
    coordinator, director = Hands(browser, host), Hands(browser, host)
    coordinator.sign_in(account(home, "coordinator"))
    card = added(coordinator, TEACHER, date(1980, 3, 3), "педагог", ("Должность", "учитель физики"))
    added(coordinator, OTHER, date(1975, 5, 5), "педагог", ("Должность", "учитель химии"))
    for pupil in PUPILS:
        added(coordinator, pupil, date(2012, 5, 5), "обучающийся", ("Класс", "8П"))
    paired(coordinator, "учитель – ученик", TEACHER[0], (PUPILS[0][0],))
    paired(coordinator, "учитель – ученик", OTHER[0], (PUPILS[1][0],))

    director.sign_in(account(home, "director"))
    director.go("/papers/requisites/")
    director.write("Полное наименование школы", "МБОУ «Ключевская школа»")
    director.write("Место издания приказов", "с. Ключи")
    director.write("Фамилия, имя и отчество руководителя", "Тополева Ирина Олеговна")
    director.page.locator("main form button").first.click()
    director.sees("Реквизиты сохранены")

    director.go("/orders/approve/")
    director.looks_right()
    draft = lines_of_docx(director.takes("Скачать проект приказа (Word)"))
    assert draft[:5] == [
        "Проект", "МБОУ «Ключевская школа»", "ПРИКАЗ", "от ____________ № ____________", "с. Ключи",
    ]  # fmt: skip
    clauses = of_order(draft)
    assert len(clauses) == 2
    others = director.page.locator("main tbody tr").filter(has_not_text=re.compile("Опытнова|Мудрецкий"))
    for box in others.locator("input[type=checkbox]").all():
        box.uncheck()
    director.write("Номер приказа", "107-од")
    director.write_day("Дата приказа", today())
    director.press("Утвердить пары приказом")
    director.sees("Утверждено пар: 2")
    director.sees("107-од")
    director.sees("Действует")
    director.looks_right()
    signed = director.takes("Скачать приказ (Word)")
    lines = lines_of_docx(signed)
    assert lines[:4] == ["МБОУ «Ключевская школа»", "ПРИКАЗ", f"от {today():%d.%m.%Y} № 107-од", "с. Ключи"]
    basis = lines[lines.index("В соответствии с документами:") + 1 : lines.index("ПРИКАЗЫВАЮ:")]
    assert "– Федеральный закон «Об образовании в Российской Федерации» от 29.12.2012 № 273-ФЗ;" in basis
    assert any("от 25.12.2019 № Р-145;" in each for each in basis)
    assert not any("АЗ-1128" in each or "МР-42" in each or "156-ФЗ" in each for each in basis)
    since = f"{today():%d.%m.%Y}"
    at = lines.index(HEAD)
    # The last day is the school year's.
    assert [re.sub(r" по [\d.]{10};$", ";", line) for line in lines[at : at + 4]] == [
        HEAD,
        "1.1. По форме «учитель – ученик»:",
        f"1.1.1. Мудрецкого Л. П., учитель химии (наставник) за Юной М. Л., 8П (наставляемый), с {since};",
        f"1.1.2. Опытнову А. Б., учитель физики (наставник) за Мальцевым П. С., 8П (наставляемый), с {since};",
    ]
    numbers = [line.split()[0] for line in lines if re.match(r"\d+\. ", line)]
    assert numbers == ["1.", "2.", "3.", "4.", "5."]
    assert "Директор\t____________\tТополева И. О." in lines
    assert lines[-2:] == ["____________\t____________\tМудрецкий Л. П.", "____________\t____________\tОпытнова А. Б."]
    assert text_of_pdf(director.takes("Приказ в PDF")) == "".join("".join(lines).split())

    # What is renamed afterwards is not rewritten on what was signed.
    coordinator.page.goto(f"{card}edit/")
    coordinator.write("Фамилия", "Замужняя")
    coordinator.page.locator("main form button").first.click()
    coordinator.titled("Замужняя")
    director.page.reload()
    director.sees("Замужняя")
    assert lines_of_docx(director.takes("Скачать приказ (Word)")) == lines

    director.press("Отменить новым приказом")
    director.write("Номер приказа", "108-од")
    director.write_day("Дата приказа", today())
    director.press("Отменить приказ")
    director.sees("Отменён")
    assert lines_of_docx(director.takes("Скачать приказ (Word)")) == lines
    director.page.locator("main a").filter(has_text="108-од").first.click()
    director.titled("108-од")
    director.looks_right()
    cancelling = lines_of_docx(director.takes("Скачать приказ (Word)"))
    assert f"Об отмене приказа от {today():%d.%m.%Y} № 107-од" in cancelling
    for somebody in (coordinator, director):
        somebody.quiet()
