"""Scenario 6: the group meeting, both sides' preferences, proposed pairs with reasons, changes by hand, who waits.

On a whole instance: the run is made by a real worker.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance, run
from tests.support.browser import axe_violations, sideways_overflow_px
from tests.support.database import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SAMPLES, CODE = ROOT / "tests" / "data" / "samples", "sch01"
WORKER_MS = 90_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("matching")
    with instance(home):
        run(home, "manage", "load_region", str(SAMPLES))
        yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def coordinator(browser: Browser, home: Path) -> Hands:
    made = run(home, "manage", "create_account", "--host", CODE, "--role", "coordinator", "--login", "leading")
    hands = Hands(browser, described(home)["schools"][CODE])
    hands.sign_in(json.loads(made.stdout))
    return hands


def looks_right(hands: Hands) -> None:
    """At a desk and on a phone: no fault of accessibility, nothing wider than the screen."""
    assert axe_violations(hands.page) == []
    for width in (360, 1280):
        hands.page.set_viewport_size({"width": width, "height": 900})
        assert sideways_overflow_px(hands.page) == 0, f"{hands.page.url} at {width}"


def consenting(hands: Hands) -> Locator:
    """Return the rows of those who may be proposed: with a consent in force."""
    return hands.page.locator("main tbody tr").filter(has=hands.page.locator(".status--ok"))


def add(hands: Hands, words: str, number: int) -> None:
    hands.press(words)
    hands.titled(words)
    looks_right(hands)
    for at in range(number):
        consenting(hands).nth(at).locator("input").check()
    hands.press("Добавить отмеченных")
    hands.titled("Участники подбора")


def test_scenario_06_from_the_group_meeting_to_pairs(coordinator: Hands) -> None:
    hands, page = coordinator, coordinator.page
    hands.go("/matching/new/")
    hands.choose("Форма наставничества", "учитель – ученик")
    hands.press("Начать подбор")
    hands.titled("Подбор пар «учитель – ученик»")
    here = page.url
    hands.press("Собрать участников")
    add(hands, "Добавить наставляемых", 4)
    page.goto(f"{here}people/?side=mentor")
    add(hands, "Добавить наставников", 2)

    # Two want the first mentor, one of them will have nobody else: typed by number, with the keyboard alone.
    page.goto(f"{here}meeting/")
    looks_right(hands)
    page.locator("main input[name^=p-]").first.focus()
    for text in ("1, 2", "", "1", "2"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    hands.sees("Сохранено строк: 2.")

    page.goto(f"{here}board/")
    hands.press("Подобрать пары")
    page.wait_for_url(re.compile(r"/matching/runs/"))
    expect(page.locator("h1")).to_contain_text("Подбор готов", timeout=WORKER_MS)
    hands.sees("Оптимальность проверена")
    looks_right(hands)
    hands.press("Открыть доску")
    hands.sees("С наставником 2 из 4.")
    hands.sees("Наставляемый выбрал этого наставника 1-м по счёту.")
    looks_right(hands)
    page.get_by_role("link", name=re.compile("Без наставника 2")).click()
    hands.sees("У всех подходящих наставников места заняты")

    # Somebody who has nobody takes a place: first what it costs, then who gives it up, then saved and locked.
    page.locator("main tbody th a").last.click()
    hands.sees("Почему не он")
    page.locator("main input[name=mentor]").first.check()
    hands.press("Посмотреть, чего это стоит")
    hands.sees("Чего стоит эта замена")
    hands.sees("Все места этого наставника заняты")
    looks_right(hands)
    page.locator("#id_instead").select_option(index=1)
    page.locator("#id_lock").check()
    hands.press("Сохранить")
    hands.sees("Доска сохранена.")
    hands.sees("закреплена")

    hands.press("Опубликовать пары")
    hands.titled("Опубликовать пары")
    looks_right(hands)
    hands.press("Опубликовать пары")
    hands.sees("Опубликовано пар: 2.")
    proposals = page.url
    page.locator("main tbody th a").first.click()
    looks_right(hands)
    hands.press("Записать согласие")
    hands.press("Записать согласие")
    hands.sees("Оба согласны: составлен черновик пары.")
    hands.press("Открыть пару")
    hands.sees("Ждёт приказа")
    page.goto(proposals)
    page.locator("main tbody tr").filter(has_text="Ждёт ответа обоих").locator("a").first.click()
    hands.press("Записать отказ")
    hands.sees("Отказ")

    hands.go("/waiting/")
    looks_right(hands)
    waiting = page.locator("main tbody tr")
    assert waiting.count() >= 2
    hands.sees("Поиск продолжается")
    hands.press("Есть сопровождение")
    hands.sees("Психологическое сопровождение, поиск продолжается")
    hands.quiet()
