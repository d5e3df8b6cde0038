"""Scenario 6: the group meeting, wishes and a veto, pairs with reasons, changes by hand, who waits, an order's draft.

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

from tests.journeys.hands import Hands, lines_of_docx
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


def comes(browser: Browser, home: Path, role: str, login: str) -> Hands:
    made = run(home, "manage", "create_account", "--host", CODE, "--role", role, "--login", login)
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
    """Return the rows of those who may be proposed and would wait: with a consent in force and without a pair."""
    rows = hands.page.locator("main tbody tr").filter(has=hands.page.locator(".status--ok"))
    return rows.filter(has_not_text="уже есть") if "mentee" in hands.page.url else rows


def add(hands: Hands, words: str, number: int) -> None:
    hands.press(words)
    hands.titled(words)
    looks_right(hands)
    for at in range(number):
        consenting(hands).nth(at).locator("input").check()
    hands.press("Добавить отмеченных")
    hands.titled("Участники подбора")


def gathered(hands: Hands, form: str, mentees: int, mentors: int) -> str:
    """Begin a round of a form with so many of each side, each with a consent; return its address."""
    hands.go("/matching/new/")
    hands.choose("Форма наставничества", form)
    hands.press("Начать подбор")
    hands.titled(f"Подбор пар «{form}»")
    here = hands.page.url
    hands.press("Собрать участников")
    add(hands, "Добавить наставляемых", mentees)
    hands.page.goto(f"{here}people/?side=mentor")
    add(hands, "Добавить наставников", mentors)
    return here


def matched(hands: Hands, here: str) -> None:
    """Have a worker make the pairs, and open the board."""
    hands.page.goto(f"{here}board/")
    hands.press("Подобрать пары")
    hands.page.wait_for_url(re.compile(r"/matching/runs/"))
    expect(hands.page.locator("h1")).to_contain_text("Подбор готов", timeout=WORKER_MS)
    hands.sees("Оптимальность проверена")
    looks_right(hands)
    hands.press("Открыть доску")


def names_of(hands: Hands, side: int) -> list[str]:
    """Return the names of a side by their numbers, as the table of the meeting has them."""
    heads = hands.page.locator("main tbody").nth(side).locator("th[scope=row] > span")
    return [each.evaluate("(head) => head.firstChild.textContent.trim()") for each in heads.all()]


def row_of(hands: Hands, name: str) -> Locator:
    return hands.page.locator("main tbody tr").filter(has=hands.page.locator("th", has_text=name))


def entered_by_keyboard(hands: Hands, cells: list[str]) -> None:
    """Type preferences and vetoes from cell to cell, from the first one on, and send them."""
    keyboard = hands.page.keyboard
    hands.page.locator("main input[name^=p-]").first.focus()
    for text in cells:
        keyboard.press("ControlOrMeta+a")
        keyboard.type(text) if text else keyboard.press("Delete")
        keyboard.press("Tab")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")


def test_scenario_06_from_the_group_meeting_to_a_draft_of_the_order(browser: Browser, home: Path) -> None:
    hands = comes(browser, home, "curator:teacher-pupil", "leading")
    page = hands.page
    here = gathered(hands, "учитель – ученик", 4, 2)

    # From the sheets of both sides, with the keyboard alone. One number that nobody has stops its own line only.
    page.goto(f"{here}meeting/")
    looks_right(hands)
    mentees, mentors = names_of(hands, 0), names_of(hands, 1)
    of_mentees = ["1, 2", "", "1", "2", "", "", "7", ""]
    of_mentors = ["2", "", "1", "3"]
    entered_by_keyboard(hands, [*of_mentees, *of_mentors])
    hands.sees("Сохранено строк: 4.")
    hands.sees("На другой стороне нет участника с номером 7.")
    looks_right(hands)
    entered_by_keyboard(hands, [*of_mentees[:6], "", "", *of_mentors])
    hands.sees("Ничего не изменилось.")
    page.goto(f"{here}meeting/")
    typed = [box.input_value() for box in page.locator("main input[type=text]").all()]
    assert typed == [*of_mentees[:6], "", "", *of_mentors]

    # Proposed with reasons of both sides; who has nobody is told why, and is not given up.
    matched(hands, here)
    hands.sees("С наставником 2 из 4.")
    for mentee, mentor, ranks in ((0, 1, (2, 1)), (1, 0, (1, 1))):
        line = row_of(hands, mentees[mentee])
        expect(line).to_contain_text(mentors[mentor])
        expect(line).to_contain_text(f"Наставляемый выбрал этого наставника {ranks[0]}-м по счёту.")
        expect(line).to_contain_text(f"Наставник выбрал этого наставляемого {ranks[1]}-м по счёту.")
    looks_right(hands)
    page.get_by_role("link", name=re.compile("Без наставника 2")).click()
    hands.sees("У всех подходящих наставников места заняты")
    expect(row_of(hands, mentees[2])).to_contain_text("нет, поиск продолжается")

    # By hand. A veto holds for hands too; a place that is taken is given up by somebody, and it is said at what cost.
    page.get_by_role("link", name=mentees[2]).click()
    hands.sees("Почему не он")
    expect(row_of(hands, mentors[1])).to_contain_text("Наставник после встречи отметил: не подходит.")
    row_of(hands, mentors[1]).locator("input[name=mentor]").check()
    hands.press("Посмотреть, чего это стоит")
    hands.sees("Так нельзя")
    assert page.get_by_role("button", name="Сохранить", exact=True).count() == 0
    row_of(hands, mentors[0]).locator("input[name=mentor]").check()
    hands.press("Посмотреть, чего это стоит")
    hands.sees("Чего стоит эта замена")
    hands.sees("Все места этого наставника заняты")
    expect(page.locator("main .card").first).to_contain_text(re.compile(r"Общее изменится на [+−]\d"))
    looks_right(hands)
    page.locator("#id_instead").select_option(label=mentees[1])
    page.locator("#id_lock").check()
    hands.press("Сохранить")
    hands.sees("Доска сохранена.")
    expect(row_of(hands, mentees[2])).to_contain_text(mentors[0])
    expect(row_of(hands, mentees[2])).to_contain_text("закреплена")
    expect(row_of(hands, mentees[1])).to_contain_text("нет, поиск продолжается")

    hands.press("Опубликовать пары")
    hands.titled("Опубликовать пары")
    looks_right(hands)
    hands.mark("Сразу составить черновики для приказа")
    hands.press("Опубликовать пары")
    hands.sees("Опубликовано пар: 2.")
    hands.sees("Без наставника: 2. Они в списке ожидания: поиск продолжается.")
    for name in (mentees[0], mentees[2]):
        expect(row_of(hands, name)).to_contain_text("Ждёт приказа")

    hands.go("/waiting/")
    looks_right(hands)
    for name in (mentees[1], mentees[3]):
        expect(row_of(hands, name)).to_contain_text("Поиск продолжается")
    assert row_of(hands, mentees[2]).count() == 0
    row_of(hands, mentees[1]).get_by_role("button", name="Есть сопровождение").click()
    expect(row_of(hands, mentees[1])).to_contain_text("Психологическое сопровождение, поиск продолжается")
    looks_right(hands)
    hands.quiet()

    director = comes(browser, home, "director", "signing")
    director.go("/orders/approve/")
    for name in (mentees[0], mentees[2]):
        expect(director.page.locator("main tbody tr").filter(has_text=name)).to_contain_text("учитель – ученик")
    draft = lines_of_docx(director.takes("Скачать проект приказа (Word)"))
    # Names are declined: the beginning of the surname is what stays.
    for mentee, mentor in ((mentees[0], mentors[1]), (mentees[2], mentors[0])):
        clause = rf"{mentor[:4]}.*\(наставник\) за {mentee[:4]}.*\(наставляемый\)"
        assert any(re.search(clause, line) for line in draft), (clause, draft)
    director.quiet()


def test_scenario_06_proposals_are_answered_and_who_waits_is_known(browser: Browser, home: Path) -> None:
    hands = comes(browser, home, "coordinator", "asking")
    page = hands.page
    here = gathered(hands, "ученик – ученик", 4, 2)
    matched(hands, here)
    hands.press("Опубликовать пары")
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
    assert page.locator("main tbody tr").filter(has_text="ученик – ученик").count() >= 2
    hands.sees("Поиск продолжается")
    hands.quiet()
