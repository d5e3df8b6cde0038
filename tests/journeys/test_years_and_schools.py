"""By hand, on a whole instance of two schools: a transfer, a merge of two cards, the rollover into the next year, and
at last the merger of the one school into the other.

After each act the figures of schools, districts and region are those of the oracle, which is told what should have
happened and nothing of what did.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance, run
from tests.support.oracle import Enrolment, Person, School, read_region, recount
from tests.support.oracle.cells import fold
from tests.support.oracle.records import Region
from tests.support.oracle.recount import count_school
from tests.support.pooled import together
from tests.support.regions import SchoolDraft, build_region, write_region

pytestmark = [pytest.mark.browser, pytest.mark.nightly]

OLD, NEW = "sch01", "sch02"
SETTLED_WITHIN_SECONDS = 30.0


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Moscow")).date()


class World:
    """The instance, and what the oracle believes of it."""

    def __init__(self, browser: Browser, home: Path, folder: Path) -> None:
        self.home, self.browser, self.day, self.directors = home, browser, today(), 0
        self.drafts = {draft.code: draft for draft in self._written(folder)}
        self.region: Region
        self.region, _readings = read_region(folder, today=self.day)
        run(home, "manage", "load_region", str(folder), seconds=600)
        self.hosts = described(home)["schools"]

    def _written(self, folder: Path) -> list[SchoolDraft]:
        drafts = build_region(7, schools=2, pupils=(24, 30), day=self.day, edges=False)
        write_region(drafts, folder, seed=7, untidiness=0.2)
        return drafts.schools

    def director(self, code: str) -> Hands:
        """Make another director of a school and sign him in."""
        self.directors += 1
        login = f"director-{self.directors}"
        told = run(self.home, "manage", "create_account", "--host", code, "--role", "director", "--login", login)
        hands = Hands(self.browser, self.hosts[code])
        hands.sign_in(json.loads(told.stdout))
        return hands

    def school(self, code: str) -> School:
        return self.region.schools[code]

    def person(self, code: str, row: dict[str, Any]) -> Person:
        """Return the oracle's record of a line of a workbook."""
        wanted = (fold(str(row["name"])), row["born"])
        return next(one for one in self.school(code).people if (fold(one.name), one.born) == wanted)

    def change(self, code: str, person: Person, **values: Any) -> None:
        """Change the stays of a pupil that are open."""
        school = self.school(code)
        school.enrolments = [
            replace(stay, **values) if stay.person == person.key and stay.left is None else stay
            for stay in school.enrolments
        ]

    def agrees(self, *, within_seconds: float = 0.0) -> dict[str, Any]:
        """Compare the figures of five days with the oracle's; return those of today."""
        shown: dict[str, Any] = {}
        for shift in (-30, -1, 0, 1, 60):
            day = self.day + timedelta(days=shift)
            expected = json.loads(json.dumps(recount(self.region, day)))
            deadline = time.monotonic() + within_seconds
            while True:
                counted = json.loads(run(self.home, "manage", "coverage", "--as-of", day.isoformat(), "--json").stdout)
                if counted == expected or time.monotonic() > deadline:
                    break
                time.sleep(1)
            assert counted == expected, day
            if shift == 0:
                shown = counted
        return shown


@pytest.fixture(scope="module")
def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("instance")
    with instance(home):
        yield World(browser, home, tmp_path_factory.mktemp("region"))
    shutil.rmtree(home, ignore_errors=True)


def card_of(hands: Hands, name: str) -> None:
    """Open somebody's card by the search of the list."""
    hands.go("/people/")
    hands.write("Фамилия или имя", name)
    hands.press("Показать")
    hands.page.locator("main tbody a").filter(has_text=spelled(name)).first.click()
    hands.page.wait_for_url(re.compile(r"/people/[0-9a-f-]{36}/"))


def spelled(name: str) -> Any:
    """Return a pattern for a name in any spelling of е and ё."""
    return re.compile(re.sub("[её]", "[её]", re.escape(name)), re.IGNORECASE)


def engaged_pupil(world: World) -> dict[str, Any]:
    """Return a pupil who counts as engaged in the old school today, so that his going is seen in the figures."""
    engaged, _enrolled = count_school(world.school(OLD), world.day)["pupils"]
    return next(row for row in world.drafts[OLD].pupils if world.person(OLD, row).key in engaged)


def test_a_pupil_goes_to_another_school(place: World) -> None:
    before = place.agrees()
    old, new = place.director(OLD), place.director(NEW)
    row = engaged_pupil(place)
    name, person = str(row["name"]), place.person(OLD, row)

    card_of(old, name)
    old.press("Перевести в другую школу")
    old.write("Название или номер школы", place.drafts[NEW].name)
    old.press("Найти школу")
    old.mark(place.drafts[NEW].name)
    old.write_day("С какого дня учится в новой школе", place.day)
    old.write("Основание", "Заявление родителей")
    old.press("Предложить новой школе")
    old.titled("Переводы между школами")
    old.sees("Ждёт решения новой школы")
    assert place.agrees() == before

    new.go("/people/transfers/")
    new.page.locator("main tbody tr").filter(has_text=spelled(name)).get_by_role("link").first.click()
    new.titled("Принять ученика из другой школы")
    new.sees("Заявление родителей")
    new.write("Класс, в который ученик приходит", "7Ъ")
    new.press("Принять ученика")
    new.titled(name.split()[0])
    new.sees("7Ъ")

    place.change(OLD, person, left=place.day)
    came = Person("came", person.name, person.born, person.snils)
    place.school(NEW).people.append(came)
    place.school(NEW).enrolments.append(Enrolment("came", "pupil", place.day))
    after = place.agrees(within_seconds=SETTLED_WITHIN_SECONDS)
    assert after["schools"][OLD]["pupils"][0] == before["schools"][OLD]["pupils"][0] - 1
    # The pupil is one person of the region on both days.
    assert after["region"]["pupils"][1] == before["region"]["pupils"][1]

    old.go("/people/transfers/")
    old.sees("Принят новой школой")
    old.press("Завершить пары тех, кто ушёл")
    old.press("Завершить отмеченные пары")
    old.sees("Завершать нечего")
    gone = {stay.person for stay in place.school(OLD).enrolments if stay.left == place.day}
    school = place.school(OLD)
    school.pairs = [
        replace(pair, last=place.day - timedelta(days=1))
        if {pair.mentor, pair.mentee} & gone
        and (pair.last is None or pair.last >= place.day)
        and pair.first < place.day
        else pair
        for pair in school.pairs
    ]
    place.agrees()
    for somebody in (old, new):
        somebody.quiet()
    print(f"journey: a transfer, {before['schools']} → {after['schools']}")


def test_two_cards_become_one(place: World) -> None:
    director = place.director(NEW)
    row = next(row for row in place.drafts[NEW].pupils if row["left"] is None)
    surname, first, *rest = str(row["name"]).split()
    twice = Person("twice", f"{surname}ъ {first} {' '.join(rest)}", row["born"])
    before = place.agrees()

    director.go("/people/new/")
    director.write("Фамилия", f"{surname}ъ")
    director.write("Имя", first)
    director.write("Отчество", " ".join(rest))
    director.write_day("Дата рождения", row["born"])
    director.mark("обучающийся")
    director.write_day("Дата зачисления или приёма на работу", row["admitted"])
    director.page.locator("main form button[type=submit], main form button").last.click()
    director.titled(surname)
    place.school(NEW).people.append(twice)
    place.school(NEW).enrolments.append(Enrolment("twice", "pupil", row["admitted"]))
    doubled = place.agrees()
    assert doubled["schools"][NEW]["pupils"][1] == before["schools"][NEW]["pupils"][1] + 1

    director.go("/people/duplicates/")
    found = director.page.locator("main tbody tr").filter(has_text=spelled(surname))
    found.first.get_by_role("link").first.click()
    director.titled("Объединить две карточки")
    director.press("Объединить карточки")
    director.sees("вся история теперь здесь")
    director.sees(f"{surname}ъ")  # the name that was not chosen is a former one
    place.school(NEW).people.remove(twice)
    place.school(NEW).enrolments.pop()
    assert place.agrees() == before
    director.quiet()
    print("journey: two cards made one, figures as before the second")


def test_the_school_moves_into_the_next_year(place: World) -> None:
    director, draft = place.director(NEW), place.drafts[NEW]
    before = place.agrees()
    here = [row for row in draft.pupils if row["left"] is None and row["admitted"] < place.day]
    grades = {str(row["name"]): int(re.match(r"\d+", str(row["class"]))[0]) for row in here}  # type: ignore[index]
    last = max(grades.values())
    graduates = [row for row in here if grades[str(row["name"])] == last]
    stays = next(row for row in here if grades[str(row["name"])] < last)
    leaves = next(row for row in here if grades[str(row["name"])] < last and row is not stays)

    director.go("/people/")
    director.press("Новый учебный год")
    director.titled("Перевод на новый учебный год")
    if last not in (4, 9, 11):
        for room in {str(row["class"]) for row in graduates}:
            director.choose(f"{room}: что дальше", "выпускается")
            director.write(f"{room}: новый класс", "")
    director.write_day("День перевода", place.day)
    director.press("Сохранить и проверить")
    for row, words in ((stays, "остаётся на второй год"), (leaves, "выбывает")):
        director.go("/people/rollover/")
        line = director.page.locator("main tbody tr").filter(
            has=director.page.get_by_role("rowheader", name=str(row["class"]), exact=True)
        )
        line.get_by_role("link").first.click()
        field = director.page.locator("main").get_by_label(spelled(str(row["name"])))
        field.select_option(label=words)
        director.press("Сохранить")
    director.go("/people/rollover/preview/")
    director.sees("остаётся на второй год")
    assert place.agrees() == before
    director.press("Перевести на новый учебный год")
    director.sees("Второй раз перевести нельзя")

    for row in (*graduates, leaves):
        place.change(NEW, place.person(NEW, row), left=place.day)
    after = place.agrees()
    assert after["schools"][NEW]["pupils"][1] == before["schools"][NEW]["pupils"][1] - len(graduates) - 1
    card_of(director, str(graduates[0]["name"]))
    director.sees("выпускник")
    card_of(director, str(stays["name"]))
    director.sees("дальше в следующем классе")

    director.go("/people/rollover/")
    director.press("Отменить перевод")
    director.press("Отменить перевод")
    director.titled("Перевод на новый учебный год")
    for row in (*graduates, leaves):
        person = place.person(NEW, row)
        school = place.school(NEW)
        school.enrolments = [
            replace(stay, left=None) if stay.person == person.key and stay.left == place.day else stay
            for stay in school.enrolments
        ]
    assert place.agrees() == before
    director.quiet()
    print(f"journey: the rollover, {before['schools'][NEW]} → {after['schools'][NEW]}, and back")


def reloaded_until(hands: Hands, words: str, *, within_seconds: float) -> None:
    """Look at a page again until it says something."""
    deadline = time.monotonic() + within_seconds
    while words not in hands.page.locator("main").inner_text():
        assert time.monotonic() < deadline, hands.page.locator("main").inner_text()
        hands.page.wait_for_timeout(2_000)
        hands.page.reload()


def test_one_school_becomes_a_part_of_the_other(place: World) -> None:
    before = place.agrees()
    told = run(place.home, "manage", "create_account", "--host", "region", "--role", "region_admin", "--login", "boss")
    boss = Hands(place.browser, described(place.home)["region_host"])
    boss.sign_in(json.loads(told.stdout))
    goes, takes = place.director(NEW), place.director(OLD)

    boss.go("/mergers/")
    boss.press("Предложить объединение")
    for label, code in (("Какая школа присоединяется", NEW), ("К какой школе", OLD)):
        boss.choose(label, f"{place.drafts[code].name} ({code})")
    boss.write_day("С какого дня одна школа", place.day)
    boss.write("Основание", "Постановление № 512")
    boss.press("Предложить школам")
    boss.titled("Объединение двух школ")
    card = boss.page.url

    goes.go("/")
    goes.press("Посмотреть и решить")
    goes.titled("Ваша школа присоединяется к другой")
    goes.press("Согласиться на объединение")
    goes.sees("Согласие другой школы")
    takes.go("/mergers/")
    takes.page.locator("main tbody").get_by_role("link").first.click()
    takes.titled("К вам присоединяется школа")
    reloaded_until(takes, "План: что будет принято", within_seconds=90)
    assert place.agrees() == before
    field = takes.page.locator("main form input[name=class_0]")
    if field.count():
        field.fill("Бывший класс")
        takes.press("Сохранить названия")
        takes.titled("К вам присоединяется школа")
    takes.press("Согласиться на объединение")
    takes.titled("К вам присоединяется школа")

    boss.go(card)
    boss.press("Начать объединение")
    boss.sees("Когда данные приняты, разъединить школы нельзя")
    boss.press("Начать объединение")
    reloaded_until(boss, "выполнено", within_seconds=300)
    boss.sees("Что принято")

    one = Region(place.region.districts, {OLD: together(place.region, OLD, NEW)})
    for shift in (-30, -1, 0, 1, 60):
        day = place.day + timedelta(days=shift)
        expected = json.loads(json.dumps(recount(one if shift >= 0 else place.region, day)))
        counted = json.loads(run(place.home, "manage", "coverage", "--as-of", day.isoformat(), "--json").stdout)
        assert counted == expected, day
        if shift == 0:
            after = counted
    # Nobody came to the region and nobody went.
    assert [den for _num, den in after["region"].values()] == [den for _num, den in before["region"].values()]
    assert goes.page.goto("/").status == 404  # type: ignore[union-attr]
    card_of(takes, str(next(row for row in place.drafts[NEW].pupils if row["left"] is None)["name"]))
    for somebody in (boss, takes):
        somebody.quiet()
    print(f"journey: a merger, {before['schools']} → {after['schools']}")
