"""Scenario 5: a pair by hand. A parent is refused for his own child; what is missing is said and blocks nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance, run
from tests.support.browser import axe_violations
from tests.support.database import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SAMPLES, CODE = ROOT / "tests" / "data" / "samples", "sch01"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("by-hand")
    with instance(home):
        run(home, "manage", "load_region", str(SAMPLES))
        yield home
    shutil.rmtree(home, ignore_errors=True)


def added(hands: Hands, surname: str, born: date, kind: str) -> str:
    """Add a person on the page; return the address of the card."""
    hands.go("/people/new/")
    hands.write("Фамилия", surname)
    hands.write("Имя", "Алексей")
    hands.write_day("Дата рождения", born)
    hands.mark(kind)
    hands.write_day("Дата зачисления или приёма на работу", date(2026, 9, 1))
    hands.press("Добавить человека")
    hands.titled(surname)
    return hands.page.url


def found(hands: Hands, side: str, button: str, surname: str) -> None:
    """Find somebody for a side and mark him."""
    hands.page.locator(f"main [name={side}]").fill(surname)
    hands.press(button)
    hands.mark(surname)


def test_scenario_05_a_pair_by_hand(browser: Browser, home: Path) -> None:
    made = run(home, "manage", "create_account", "--host", CODE, "--role", "coordinator", "--login", "by-hand")
    hands = Hands(browser, described(home)["schools"][CODE])
    hands.sign_in(json.loads(made.stdout))
    page = hands.page

    added(hands, "Проверкин", date(1984, 3, 3), "педагог")
    child = added(hands, "Ребёнкин", date(2013, 5, 5), "обучающийся")
    page.goto(f"{child}guardians/new/")
    page.locator("main [name=q]").fill("Проверкин")
    hands.press("Найти")
    hands.mark("Проверкин")
    hands.write("Кем приходится", "отец")
    hands.press("Записать представителя")
    hands.titled("Ребёнкин")

    hands.go("/pairs/new/")
    assert axe_violations(page) == []
    hands.press("учитель – ученик")
    found(hands, "mentor_q", "Найти наставника", "Проверкин")
    found(hands, "mentee_q", "Найти наставляемых", "Ребёнкин")
    assert axe_violations(page) == []
    hands.press("Составить пару")
    hands.sees("родитель не может быть наставником своего ребёнка")
    # Nothing that was chosen is lost.
    assert page.locator("main input:checked").count() >= 2

    added(hands, "Успевалкин", date(2010, 4, 4), "обучающийся")
    added(hands, "Соседкин", date(2018, 6, 6), "обучающийся")
    hands.go("/pairs/new/")
    hands.press("ученик – ученик")
    hands.choose("Ролевая модель", "успевающий – неуспевающий")
    found(hands, "mentor_q", "Найти наставника", "Успевалкин")
    found(hands, "mentee_q", "Найти наставляемых", "Соседкин")
    hands.press("Составить пару")
    hands.sees("нет действующего согласия")
    hands.sees("обучение наставника не пройдено")
    hands.sees("полных лет 8")
    hands.sees("Ждёт согласия")
    hands.sees("успевающий – неуспевающий")
    assert axe_violations(page) == []
    hands.quiet()
