"""Scenario 3: a curator fills both questionnaires of a whole class from paper: a row a person, with the keyboard alone.

On a whole instance with an imported school: a class as it is.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance, run
from tests.support.database import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SAMPLES, CODE = ROOT / "tests" / "data" / "samples", "sch01"
CLASS, OTHER_CLASS = "9А", "8А"
FORM, SCOPE = "ученик – ученик", "pupil-pupil"
MENTEE, MENTOR = "Входная анкета наставляемого", "Входная анкета наставника"
Row = dict[str, str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("from-paper")
    with instance(home):
        run(home, "manage", "load_region", str(SAMPLES))
        yield home
    shutil.rmtree(home, ignore_errors=True)


def asked(hands: Hands, questionnaire: str, *classes: str) -> None:
    """Ask classes a questionnaire, and open its sheet for paper."""
    hands.go("/questionnaires/new/")
    hands.choose("Анкета", questionnaire)
    hands.choose("Форма наставничества", FORM)
    for each in classes:
        hands.page.locator("main fieldset label").filter(has_text=each).first.locator("input").check()
    hands.press("Открыть опрос")
    hands.sees("Опрос открыт.")
    hands.press("Внести ответы с бумаги")
    hands.titled("Внести ответы с бумаги")


def rows_of(hands: Hands) -> Locator:
    return hands.page.locator("main form tbody tr")


def cell(row: Locator, item: str) -> Locator:
    return row.locator(f"input[name$='-{item}']")


def typed(hands: Hands, rows: list[Row]) -> None:
    """Type rows from the first cell on, cell after cell, and send them: no hand on the mouse."""
    keyboard = hands.page.keyboard
    rows_of(hands).first.locator("input:not([type=hidden])").first.focus()
    for at, row in enumerate(rows):
        cells = rows_of(hands).nth(at).locator("input:not([type=hidden])")
        codes = cells.evaluate_all("(all) => all.map((each) => each.name.slice(39))")
        assert set(row) <= set(codes)
        for code in codes:
            keyboard.press("ControlOrMeta+a")
            keyboard.type(row[code]) if code in row else keyboard.press("Delete")
            keyboard.press("Tab")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")


def shown(hands: Hands, number: int) -> list[Row]:
    """Return what the first rows hold."""
    found = []
    for row in rows_of(hands).all()[:number]:
        cells = row.locator("input:not([type=hidden])").evaluate_all(
            "(all) => all.map((each) => [each.name.slice(39), each.value])"
        )
        found.append({code: value for code, value in cells if value})
    return found


def turned(hands: Hands, title: str) -> None:
    """Write what is typed and turn to the other side's sheet of the same class."""
    with hands.page.expect_navigation():
        hands.press(f"Записать и перейти: {title}")
    hands.sees(f"Записать и перейти: {MENTEE if title == MENTOR else MENTOR}")


OF_MENTEES: list[Row] = [
    {"takes_part": "да", "request": "1 3", "subjects": "3", "expectations": "подтянуть физику", "format": "1"},
    {"takes_part": "нет"},
    {"takes_part": "да", "request": "4", "interests": "2 14", "format": "77", "contacts": "через маму"},
    {"takes_part": "да", "request": "5", "time": "1"},
]
OF_MENTORS: list[Row] = [
    {"takes_part": "да", "competences": "1 2", "subjects": "3 5", "mentees_wanted": "2", "hours_per_week": "9"},
    {"takes_part": "да", "competences": "9", "achievements": "капитан команды"},
    {"takes_part": "нет", "competences": "15"},
]


def test_scenario_03_both_questionnaires_of_a_class_from_paper(browser: Browser, home: Path) -> None:
    role = f"curator:{SCOPE}"
    made = run(home, "manage", "create_account", "--host", CODE, "--role", role, "--login", "from-paper")
    hands = Hands(browser, described(home)["schools"][CODE])
    hands.sign_in(json.loads(made.stdout))
    page = hands.page
    asked(hands, MENTOR, CLASS)
    asked(hands, MENTEE, CLASS, OTHER_CLASS)

    # Paper comes by classes: one of them at a time, each on one screen.
    both = rows_of(hands).count()
    page.get_by_role("link", name=f"{CLASS} ").click()
    page.wait_for_url("**room=**")
    pupils = rows_of(hands).count()
    assert 4 < pupils < both
    names = rows_of(hands).locator("th").all_inner_texts()
    hands.looks_right()

    # A wrong value is refused at its field; the rows beside it are written, the rest of its own row is kept.
    typed(hands, OF_MENTEES)
    hands.sees("Записано анкет: 3.")
    hands.sees("Анкет с ошибками: 1")
    wrong = cell(rows_of(hands).nth(2), "format")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(rows_of(hands).nth(2).locator(".error")).to_have_text("Такого варианта в списке нет.")
    assert page.locator("main form .error").count() == 1
    assert shown(hands, pupils) == [*OF_MENTEES, *[{}] * (pupils - 4)]
    hands.looks_right()
    page.get_by_role("link", name=names[2]).click()
    expect(wrong).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    hands.sees("Записано анкет: 1.")
    mended = [*OF_MENTEES[:2], {**OF_MENTEES[2], "format": "2"}, OF_MENTEES[3]]
    page.reload()
    assert shown(hands, 4) == mended

    # The other side of the same class, without leaving the screen.
    turned(hands, MENTOR)
    assert rows_of(hands).locator("th").all_inner_texts() == names
    hands.looks_right()
    typed(hands, OF_MENTORS)
    hands.sees("Записано анкет: 2.")
    expect(rows_of(hands).first.locator(".error")).to_have_text("Такого варианта в списке нет.")
    expect(cell(rows_of(hands).first, "hours_per_week")).to_have_value("9")
    cell(rows_of(hands).first, "hours_per_week").fill("4")
    turned(hands, MENTEE)
    hands.sees("Записано анкет: 1.")
    assert shown(hands, 4) == mended
    turned(hands, MENTOR)
    assert shown(hands, 3) == [{**OF_MENTORS[0], "hours_per_week": "4"}, *OF_MENTORS[1:]]

    for title, said in ((MENTOR, (3, pupils, "капитан команды")), (MENTEE, (4, both, "подтянуть физику"))):
        answered, whole, words = said
        hands.go("/questionnaires/")
        page.get_by_role("link", name=title).click()
        hands.sees(f"Ответили {answered} из {whole}.")
        hands.press("Итоги опроса")
        hands.sees(words)
    hands.quiet()
