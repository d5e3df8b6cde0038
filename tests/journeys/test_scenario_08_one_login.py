"""Scenario 8: the region's director is curator and mentor too; one login opens the screens of all three roles.

He comes by the region's invitation, to an account without a card; nobody else is there to grant him anything.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance
from tests.journeys.test_scenario_main import CODE, comes, invited, region_makes_a_school, today
from tests.support.browser import axe_violations, sideways_overflow_px

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
NAME = ("Однологинова", "Вера", "Павловна")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("one-login")
    with instance(home):
        yield home
    shutil.rmtree(home, ignore_errors=True)


def added(hands: Hands, name: tuple[str, str, str], born: date, kind: str) -> None:
    hands.go("/people/new/")
    for label, part in zip(("Фамилия", "Имя", "Отчество"), name, strict=True):
        hands.write(label, part)
    hands.write_day("Дата рождения", born)
    hands.mark(kind)
    hands.write_day("Дата зачисления или приёма на работу", date(2025, 9, 1))
    hands.press("Добавить человека")
    hands.titled(name[0])


def looks_right(hands: Hands) -> None:
    """Check the open page as the crawl would, at the width of a phone too."""
    assert axe_violations(hands.page) == []
    hands.page.set_viewport_size({"width": 360, "height": 740})
    assert sideways_overflow_px(hands.page) == 0
    hands.page.set_viewport_size({"width": 1280, "height": 900})


def in_the_menu(hands: Hands) -> set[str]:
    return {words.strip() for words in hands.page.locator("nav a").all_inner_texts()}


def test_scenario_08_three_roles_under_one_login(browser: Browser, home: Path) -> None:
    about: dict[str, Any] = described(home)
    region = region_makes_a_school(browser, about)
    host = described(home)["schools"][CODE]
    director = comes(browser, host, invited(region, "Директор"), "one-login", " ".join(NAME))
    becomes_oneself(director)
    pair = is_curator_and_mentor(director)
    signs(director)
    logs_a_meeting(director)
    director.go("/")
    director.sees("Наставляемый: Подопечный Лев")
    # One login, one session: nothing was left, nothing was entered again.
    director.go("/account/sessions/")
    assert director.page.locator("main tbody tr").count() == 1
    assert pair
    region.quiet()
    director.quiet()


def becomes_oneself(director: Hands) -> None:
    """Add one's own card and a namesake's beside it, and say of the right one «это я»."""
    added(director, NAME, date(1979, 4, 5), "педагог")
    added(director, (NAME[0], "Иная", "Павловна"), date(1990, 1, 1), "педагог")
    added(director, ("Подопечный", "Лев", "Ильич"), date(2013, 6, 7), "обучающийся")
    director.go("/")
    director.press("Выбрать свою карточку")
    director.titled("Моя карточка")
    looks_right(director)
    labels = director.page.locator("main fieldset label")
    assert labels.count() == 1, "a colleague's card is not offered"
    labels.first.locator("input").check()
    director.press("Это я")
    director.sees("Вход связан с карточкой")
    looks_right(director)


def is_curator_and_mentor(director: Hands) -> str:
    """Take the curator's role, which adds nothing, and make a pair of which one is the mentor; return its address."""
    director.choose("Роль", "куратор формы: учитель – ученик")
    director.press("Выдать роль")
    director.sees("Роль выдана")
    director.go("/pairs/new/")
    director.press("учитель – ученик")
    for side, button, surname in (
        ("mentor_q", "Найти наставника", "Вера"),
        ("mentee_q", "Найти наставляемых", "Подопечный"),
    ):
        director.page.locator(f"main [name={side}]").fill(surname)
        director.press(button)
        director.mark(surname)
    director.press("Составить пару")
    director.sees("О паре")
    address = director.page.url
    director.go("/")
    director.sees("Мои пары")
    return address


def signs(director: Hands) -> None:
    """As a director: the order. As a curator: the board, the work list, the meetings of all pairs."""
    director.go("/orders/approve/")
    director.write("Номер приказа", "8-од")
    director.write_day("Дата приказа", today())
    director.press("Утвердить пары приказом")
    director.sees("8-од")
    for path, words in (
        ("/worklist/", "Рабочий список"),
        ("/matching/", "Подбор"),
        ("/meetings/", "Встреч"),
        ("/questionnaires/", "Опрос"),
    ):
        director.go(path)
        director.titled(words)
    assert {"Рабочий список", "Сотрудники"} <= in_the_menu(director)


def logs_a_meeting(director: Hands) -> None:
    """As a mentor: one's own pair from the home page, and a meeting logged."""
    director.go("/")
    director.press("Записать встречу")
    director.write_day("Дата встречи", today())
    director.write("Кратко результат", "Познакомились")
    director.press("Записать встречу")
    director.sees("Познакомились")
