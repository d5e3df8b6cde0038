"""The product's main job, by hand, on a whole instance: from an empty region to a figure that moves on an open page.

What the pages must show is recounted from the same three files by the oracle.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance
from tests.support.database import ROOT
from tests.support.oracle import Order, Pair, Reading, read_region, recount
from tests.support.oracle.records import Region

pytestmark = pytest.mark.browser

SAMPLES = ROOT / "tests" / "data" / "samples"
DISTRICT, SCHOOL, CODE = "Приозёрский район", "МБОУ «СОШ № 4»", "school-4"
PASSWORD = "длинный-пароль-для-проверки-4"
DEFINITION = "pupils"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="module")
def empty_region(home: Path) -> Iterator[dict[str, Any]]:
    with instance(home) as about:
        yield about
    shutil.rmtree(home, ignore_errors=True)


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Moscow")).date()


def figures(reading: Reading) -> tuple[int, int]:
    """Return numerator and denominator of the only school, so of its district, as the oracle counts them today."""
    region = Region([], {CODE: reading.school})
    counted: Any = recount(region, today())
    num, den = counted["region"][DEFINITION]
    return num, den


def one_more(reading: Reading) -> tuple[Any, Any]:
    """Return a teacher and a pupil whose pair, once ordered, moves the district's figure."""
    school, day = reading.school, today()
    before = figures(reading)[0]
    teachers = [stay.person for stay in school.enrolments if stay.kind == "teacher"]
    pupils = [stay.person for stay in school.enrolments if stay.kind == "pupil"]
    order = Order("by hand", "1", day)
    for teacher in teachers:
        for pupil in pupils:
            school.orders.append(order)
            school.pairs.append(Pair(teacher, pupil, "учитель – ученик", day, None, order.key))
            if figures(reading)[0] > before:
                return teacher, pupil
            school.orders.pop()
            school.pairs.pop()
    pytest.fail("the sample has nobody left whom a new pair would add")


def test_scenario_01_main(browser: Browser, empty_region: dict[str, Any], home: Path) -> None:
    begin = time.monotonic()
    _region, readings = read_region(SAMPLES, today=today())
    reading = readings["sch01"]
    imported = figures(reading)
    mentor, mentee = one_more(reading)
    approved = figures(reading)
    assert approved[0] > imported[0]

    region = region_makes_a_school(browser, empty_region)
    school_host = described(home)["schools"][CODE]
    director = comes(browser, school_host, invited(region, "Директор"), "director", "Директорова Анна Ивановна")
    coordinator = comes(browser, school_host, invited(region, "Координатор"), "coordinator", "Координатова Вера")
    refused = coordinator_uploads(coordinator, reading)
    pair_by_hand(coordinator, mentor, mentee)

    board = specialist_opens_the_board(browser, empty_region["region_host"], region)
    board.sees(f"{imported[0]} из {imported[1]}")
    director_approves(director, mentee)
    committed = time.monotonic()
    board.sees(f"{approved[0]} из {approved[1]}")
    moved = time.monotonic() - committed
    for somebody in (region, director, coordinator, board):
        somebody.quiet()
    print(
        f"journey: {time.monotonic() - begin:.1f} s; {refused} rows refused; {imported} → {approved};"
        f" on the open page {moved:.1f} s after the order"
    )


def region_makes_a_school(browser: Browser, about: dict[str, Any]) -> Hands:
    """Sign in with both factors, add a district and a school, and watch it become ready."""
    region = Hands(browser, about["region_host"])
    region.sign_in(next(account for account in about["accounts"] if account["role"] == "region_admin"))
    region.go("/districts/")
    region.press("Добавить район")
    region.write("Название", DISTRICT)
    region.press("Добавить район")
    region.titled("Районы")
    region.go("/schools/")
    region.press("Добавить школу")
    region.write("Название", SCHOOL)
    region.write("Код школы", CODE)
    region.choose("Район", DISTRICT)
    region.press("Создать школу")
    region.titled(SCHOOL)
    region.sees("Пригласить директора или координатора")
    return region


def invited(region: Hands, role: str) -> str:
    """Invite somebody into the school from its card; return the code."""
    region.go("/schools/")
    region.press(SCHOOL)
    region.press("Пригласить директора или координатора")
    region.choose("Школа", SCHOOL)
    region.mark(role)
    region.press("Получить код приглашения")
    region.titled("Код приглашения")
    return region.shown_code()


def comes(browser: Browser, host: str, code: str, login: str, name: str) -> Hands:
    """Come to the school by an invitation; the home page then leads on."""
    somebody = Hands(browser, host)
    somebody.accept(code, login=login, password=PASSWORD, name=name)
    somebody.press("На главную")
    somebody.titled(SCHOOL)
    return somebody


def coordinator_uploads(coordinator: Hands, reading: Reading) -> int:
    """Take the three files through the wizard; return the number of refused rows that the check showed."""
    coordinator.go("/import/")
    files = sorted((SAMPLES / "sch01").glob("*.xlsx"))
    coordinator.page.locator("main input[type=file]").set_input_files(files)
    coordinator.press("Загрузить и проверить столбцы")
    coordinator.titled("Проверить, что в каких столбцах")
    coordinator.press("Проверить строки")
    coordinator.titled("Проверить и загрузить в школу")
    rows = coordinator.page.locator("main table tbody tr")
    shown = rows.count()
    assert shown == min(len(reading.refused), 25), f"{shown} rows on the page, {len(reading.refused)} refused"
    coordinator.press("Загрузить в школу")
    coordinator.titled("Файлы загружены")
    return len(reading.refused)


def pair_by_hand(coordinator: Hands, mentor: Any, mentee: Any) -> None:
    """Make a pair: the form, the two sides found by name, a draft."""
    coordinator.go("/pairs/")
    coordinator.press("Составить пару")
    coordinator.press("учитель – ученик")
    for field, button, who in (
        ("Поиск наставника", "Найти наставника", mentor),
        ("Поиск наставляемых", "Найти наставляемых", mentee),
    ):
        coordinator.write(field, who[0])
        coordinator.press(button)
        label = coordinator.page.locator("main fieldset label").filter(has_text=spelled(who))
        label.first.locator("input").check()
    coordinator.press("Составить пару")
    coordinator.sees("Ждёт приказа")


def spelled(who: Any) -> Any:
    """Return a pattern for a folded name, as any spelling of it is shown."""
    letters = re.escape(who[0]).replace("е", "[её]")
    return re.compile(letters, re.IGNORECASE)


def specialist_opens_the_board(browser: Browser, host: str, region: Hands) -> Hands:
    """Invite a specialist of the district, who signs in and stays on the district's page."""
    region.go("/staff/")
    region.press("Пригласить")
    region.write("Фамилия, имя, отчество", "Районова Ольга Петровна")
    region.mark(DISTRICT)
    region.press("Получить код приглашения")
    board = Hands(browser, host)
    board.accept(region.shown_code(), login="specialist", password=PASSWORD)
    board.go("/")
    board.titled(DISTRICT)
    return board


def director_approves(director: Hands, mentee: Any) -> None:
    """Approve the new pair, and no other that waits, by an order with number and date."""
    director.go("/orders/approve/")
    for box in director.page.locator("main tbody input[type=checkbox]").all():
        box.uncheck()
    row = director.page.locator("main tbody tr").filter(has_text=spelled(mentee))
    row.locator("input[type=checkbox]").first.check()
    director.write("Номер приказа", "101-од")
    director.write_day("Дата приказа", today())
    director.press("Утвердить пары приказом")
    director.sees("101-од")
