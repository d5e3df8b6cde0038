"""Scenario 2: consents are printed, signed on paper and recorded: by a parent up to 18, by oneself from 18."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Hands, lines_of_docx, text_of_pdf
from tests.journeys.instance import described, instance, run
from tests.schools.papers.files import PLACE, photograph
from tests.support.database import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SAMPLES, CODE = ROOT / "tests" / "data" / "samples", "sch01"
PROCESSING = "обработка персональных данных"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("consents")
    with instance(home):
        run(home, "manage", "load_region", str(SAMPLES))
        yield home
    shutil.rmtree(home, ignore_errors=True)


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Moscow")).date()


def born(years: int, *, birthday_in_days: int) -> date:
    """Return the birth date of somebody who turns ``years`` so many days from today."""
    birthday = today() + timedelta(days=birthday_in_days)
    if (birthday.month, birthday.day) == (2, 29):
        birthday -= timedelta(days=1)
    return birthday.replace(year=birthday.year - years)


def added(hands: Hands, name: tuple[str, str, str], birth: date, kind: str) -> str:
    """Add a person on the page; return the id."""
    hands.go("/people/new/")
    for label, text in zip(("Фамилия", "Имя", "Отчество"), name, strict=True):
        hands.write(label, text)
    hands.write_day("Дата рождения", birth)
    hands.mark(kind)
    if kind == "обучающийся":
        hands.write_day("Дата зачисления или приёма на работу", today() - timedelta(days=60))
        hands.write("Класс", "9П")
    hands.press("Добавить человека")
    hands.titled(name[0])
    return hands.page.url.rstrip("/").rsplit("/", 1)[1]


def recorded(hands: Hands, number: str, kinship: str = "") -> None:
    """Record what came back signed."""
    hands.press_in_row(PROCESSING, "Записать подписанное")
    hands.titled("Записать согласие")
    if kinship:
        hands.write("Кем приходится", kinship)
    hands.write("Номер", number)
    hands.write_day("Дата согласия", today())
    hands.press("Записать согласие")
    hands.sees("Согласие записано и действует.")
    hands.sees(f"№ {number} от {today():%d.%m.%Y}")


def test_scenario_02_consents_on_paper(browser: Browser, home: Path) -> None:
    made = run(home, "manage", "create_account", "--host", CODE, "--role", "coordinator", "--login", "papers")
    hands = Hands(browser, described(home)["schools"][CODE])
    hands.sign_in(json.loads(made.stdout))
    page = hands.page
    hands.go("/papers/requisites/")
    hands.write("Полное наименование школы", "МБОУ «Ключевская школа»")
    hands.write("Адрес", "658980, с. Ключи, ул. Центральная, 1")
    page.locator("main form button").first.click()
    hands.sees("Реквизиты сохранены")

    thirteen = born(13, birthday_in_days=-90)
    child = added(hands, ("Тринадцатилетов", "Пётр", "Ильич"), thirteen, "обучающийся")
    adult = added(hands, ("Взрослова", "Анна", "Борисовна"), born(18, birthday_in_days=-1), "обучающийся")
    soon = added(hands, ("Скоровзрослов", "Лев", "Олегович"), born(18, birthday_in_days=20), "обучающийся")
    added(hands, ("Тринадцатилетова", "Мария", "Львовна"), date(1985, 3, 3), "родитель")
    hands.go(f"/people/{child}/guardians/new/")
    page.locator("main [name=q]").fill("Тринадцатилетова")
    hands.press("Найти")
    hands.mark("Тринадцатилетова")
    hands.write("Кем приходится", "мать")
    hands.press("Записать представителя")

    # Up to 18 the parent is who signs: his name and the child's stand there, and all that 152-ФЗ, ст. 9 ч. 4 asks for.
    hands.go(f"/consents/of/{child}/")
    hands.sees("До 18 лет подписывает законный представитель.")
    hands.looks_right()
    paper = hands.takes("Бланк в Word", within=PROCESSING)
    words = "\n".join(lines_of_docx(paper))
    for needed in (
        "Я, Тринадцатилетова Мария Львовна,",
        "адрес: ___",
        "документ, удостоверяющий личность",
        "кем приходится: мать",
        "документ, подтверждающий полномочия",
        f"действуя за несовершеннолетнего: Тринадцатилетов Пётр Ильич, дата рождения {thirteen:%d.%m.%Y}",
        "согласие оператору: МБОУ «Ключевская школа», адрес: 658980, с. Ключи, ул. Центральная, 1.",
        "1. Цель:",
        "2. Перечень персональных данных:",
        "3. Действия с данными и способы обработки:",
        "4. Кто обрабатывает данные по поручению оператора",
        "5. Срок действия согласия:",
        "6. Как отозвать согласие:",
        "Тринадцатилетова М. Л.",
    ):
        assert needed in words, needed
    assert "".join(words.split()) == text_of_pdf(hands.takes("в PDF", within=PROCESSING))
    recorded(hands, "13-п", "мать")
    hands.looks_right()
    # The signed sheet, photographed: what is given back is the picture alone.
    hands.press_in_row("№ 13-п", "Сканы")
    hands.titled("Сканы согласия")
    photographed = photograph()
    assert PLACE in photographed
    file = {"name": "согласие Тринадцатилетова.jpg", "mimeType": "image/jpeg", "buffer": photographed}
    page.locator("main input[type=file]").set_input_files([file])
    hands.press("Добавить файл")
    hands.sees("Файл добавлен.")
    hands.looks_right()
    scan = hands.takes("Скачать 1", within="изображение")
    assert scan.startswith(b"\xff\xd8\xff")
    assert PLACE not in scan

    hands.go(f"/consents/of/{adult}/")
    hands.sees("18 лет исполнилось: подписывает сам.")
    words = "\n".join(lines_of_docx(hands.takes("Бланк в Word", within=PROCESSING)))
    assert "Я, Взрослова Анна Борисовна," in words
    assert "Взрослова А. Б." in words
    assert "представитель" not in words
    assert "несовершеннолетнего" not in words
    recorded(hands, "18-п")

    birthday = today() + timedelta(days=20)
    # Nothing warns before there is a paper that will not be enough.
    hands.go("/consents/soon/")
    assert "Скоровзрослов" not in page.locator("main").inner_text()
    hands.go(f"/consents/of/{soon}/")
    hands.sees(f"18 лет исполнится {birthday:%d.%m.%Y}")
    recorded(hands, "17-п", "отец")
    hands.go("/consents/")
    hands.press("Скоро закончатся")
    hands.sees("Скоровзрослов Лев Олегович")
    hands.sees(f"Действует по {birthday - timedelta(days=1):%d.%m.%Y}: затем 18 лет, нужна своя подпись")
    hands.looks_right()
    hands.go("/worklist/")
    hands.sees("Скоро 18 лет")
    hands.sees("Скоровзрослов")
    hands.quiet()
