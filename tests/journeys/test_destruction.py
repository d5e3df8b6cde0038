"""A person has his data destroyed, by hand, on a whole instance: printout, request, destruction, act.

What the region counts before and after is recounted by the oracle from the same files, under the rule of decision 0009:
the destroyed person counts nowhere on no day, partners count as before up to the day.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.hands import Hands
from tests.journeys.instance import described, instance, run
from tests.support.browser import axe_violations, sideways_overflow_px
from tests.support.database import ROOT
from tests.support.oracle import read_region, recount
from tests.support.oracle.records import Region, School
from tests.support.oracle.recount import is_effective, is_enrolled

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SAMPLES, CODE = ROOT / "tests" / "data" / "samples", "sch01"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("destruction")
    with instance(home):
        run(home, "manage", "load_region", str(SAMPLES))
        yield home
    shutil.rmtree(home, ignore_errors=True)


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Moscow")).date()


def days() -> tuple[date, ...]:
    return date(2026, 10, 31), today(), today() + timedelta(days=1)


def told(home: Path) -> list[Any]:
    """What the product counts."""
    return [json.loads(run(home, "manage", "coverage", "--as-of", str(day), "--json").stdout) for day in days()]


def counted(region: Region) -> list[Any]:
    """What the oracle counts, in the same words."""
    return [json.loads(json.dumps(recount(region, day))) for day in days()]


def somebody(school: School) -> Any:
    """Return a pupil who stands in an acting pair today."""
    here = {stay.person for stay in school.enrolments if stay.kind == "pupil" and is_enrolled(stay, today())}
    paired = [pair.mentee for pair in school.pairs if is_effective(pair, school, today()) and pair.mentee in here]
    wanted = next(key for key in paired if sum(pair.mentor == key for pair in school.pairs) == 0)
    return next(person for person in school.people if person.key == wanted)


def without(school: School, key: Any) -> None:
    """Do to the oracle's records what the rule says."""
    day = today()
    school.enrolments = [stay for stay in school.enrolments if stay.person != key]
    school.consents = [consent for consent in school.consents if consent.person != key]
    school.people = [
        replace(person, name=f"Удалённое лицо {key}", snils="") if person.key == key else person
        for person in school.people
    ]
    school.pairs = [
        replace(pair, last=day)
        if key in (pair.mentor, pair.mentee) and (pair.last is None or pair.last > day)
        else pair
        for pair in school.pairs
        if key not in (pair.mentor, pair.mentee) or pair.first <= day
    ]


def test_a_persons_data_are_destroyed(browser: Browser, home: Path) -> None:
    region, readings = read_region(SAMPLES, today=today())
    assert told(home) == counted(region)
    person = somebody(readings[CODE].school)
    name = " ".join(person.name.split())
    account = json.loads(
        run(home, "manage", "create_account", "--host", CODE, "--role", "director", "--login", "chief").stdout
    )
    director = Hands(browser, described(home)["schools"][CODE])
    director.sign_in(account)
    director.go("/people/")
    director.page.fill("main [name=q]", name)
    director.page.keyboard.press("Enter")
    director.page.locator("main table a").first.click()
    heading = director.page.locator("main h1")
    expect(heading).to_have_text(re.compile(re.escape(name).replace("е", "[её]"), re.IGNORECASE))
    written = heading.inner_text()
    director.press("Всё, что хранится о человеке")
    director.titled("Всё, что хранится о человеке")
    director.sees("Что хранит регион")
    looks_right(director)
    director.press("Внести запрос на уничтожение")
    director.write("Входящий номер", "17-вх")
    director.press("Внести запрос")
    director.titled("Запрос на уничтожение № 1")
    director.sees("Что будет уничтожено")
    looks_right(director)
    director.go("/")
    director.sees("Уничтожить персональные данные: запрос № 1")
    director.press("Уничтожить персональные данные: запрос № 1")
    director.press("Уничтожить данные")
    director.write("Номер акта", "3")
    director.write("Подтверждение", "уничтожить")
    director.press("Уничтожить данные")
    director.titled("Акт об уничтожении персональных данных № 3")
    director.sees("17-вх")
    looks_right(director)
    assert written not in director.page.content()
    director.go("/people/")
    director.page.fill("main [name=q]", name)
    director.page.keyboard.press("Enter")
    director.sees("Никого не нашлось")
    director.quiet()

    school = region.schools[CODE]
    without(school, person.key)
    assert told(home) == counted(region)
    print(f"journey: the destroyed are counted nowhere, all others as the oracle says, on {len(days())} days")


def looks_right(hands: Hands) -> None:
    """At a desk and on a phone: no fault of accessibility, nothing wider than the screen."""
    assert axe_violations(hands.page) == []
    for width in (360, 1280):
        hands.page.set_viewport_size({"width": width, "height": 900})
        assert sideways_overflow_px(hands.page) == 0, f"{hands.page.url} at {width}"
