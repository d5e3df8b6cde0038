"""Scenario 9: a mentor's plan, the kinds of meeting from a phone on a slow line, a draft without one, the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Route, expect

from core.authz.registry import World
from tests.journeys.crawl import Site
from tests.support import world
from tests.support.browser import axe_violations, open_page, sideways_overflow_px

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
PAIR = f"/meetings/pair/{world.PAIR}/"
NEW = f"/meetings/new/?pair={world.PAIR}"
# A village's mobile line: 50 kB/s down, 20 kB/s up, 400 ms.
SLOW = {"downloadThroughput": 50_000, "uploadThroughput": 20_000, "latency": 400}
# What Chromium's own tools call slow 3G: 400 kbit/s both ways, two seconds there and back.
SLOW_3G = {"downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 2_000}
PATIENCE_MS = 20_000
# The five kinds of the chain, in its order, as the log of a pair says them.
KINDS = (
    "первая, организационная, встреча",
    "вторая, пробная рабочая, встреча",
    "встреча-планирование рабочего процесса",
    "регулярная встреча",
    "заключительная встреча",
)
TODAY = datetime.now(ZoneInfo("Europe/Moscow")).date()


_SESSIONS: dict[Page, CDPSession] = {}


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _opened(browser, site, javascript=True)


@pytest.fixture
def beginner(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _opened(browser, site, javascript=True, persona="beginner")


@pytest.fixture
def plain_phone(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _opened(browser, site, javascript=False)


def _opened(browser: Browser, site: Site, *, javascript: bool, persona: str = "mentor") -> Iterator[Page]:
    base = site.url(World.SCHOOL)
    page, watch = open_page(browser, base_url=base, width=360, height=740, javascript=javascript)
    page.context.add_cookies([{"name": "sessionid", "value": site.sessions["school"][persona], "url": base}])
    page.set_default_timeout(PATIENCE_MS)
    if javascript:
        line(page, is_there=True)
    yield page
    if javascript:
        assert watch.problems().get("csp", []) == []
    page.context.close()


def line(page: Page, *, is_there: bool, speed: dict[str, int] = SLOW) -> None:
    """Cut the line or mend it; a mended one is slow. One session for both: of two the later would win."""
    session = _SESSIONS.get(page) or page.context.new_cdp_session(page)
    _SESSIONS[page] = session
    session.send("Network.emulateNetworkConditions", {**speed, "offline": not is_there})


def log(page: Page, day: date, result: str, *, press: str = "Записать встречу") -> None:
    page.get_by_label("Дата встречи").fill(day.isoformat())
    page.get_by_label("Кратко результат").fill(result)
    page.get_by_role("button", name=press, exact=True).click()


def drafts(page: Page) -> list[dict[str, Any]]:
    return page.evaluate("JSON.parse(localStorage.getItem('meetings.drafts') || '[]')")


def unsaved(page: Page) -> list[dict[str, Any]]:
    return page.evaluate("JSON.parse(localStorage.getItem('meetings.unsaved') || '[]')")


def wait_until_kept(page: Page, words: str) -> None:
    page.wait_for_function("words => (localStorage.getItem('meetings.unsaved') || '').includes(words)", arg=words)


def meetings_with(page: Page, words: str) -> int:
    page.goto(PAIR)
    return page.locator("main table tbody tr").filter(has_text=words).count()


def usable(page: Page) -> None:
    """The page is usable as it stands: nothing for axe to say, nothing to scroll sideways."""
    assert (axe_violations(page), sideways_overflow_px(page)) == ([], 0)


def planned(page: Page) -> None:
    """Draw up the plan with two tasks, from the pair's page."""
    page.get_by_role("link", name="Составить план").click()
    page.wait_for_url("**/plan/edit/")
    usable(page)
    page.get_by_label("Цель и задачи").fill("Подготовиться к олимпиаде по физике")
    page.get_by_label("Проект, задание").first.fill("Решить сборник прошлого года")
    page.get_by_label("Срок", exact=True).first.fill("до каникул")
    page.get_by_label("Планируемый результат").first.fill("сорок задач")
    page.locator("main summary").filter(has_text="Строка 2").click()
    page.get_by_label("Проект, задание").nth(1).fill("Сделать модель маятника")
    page.get_by_role("button", name="Сохранить план", exact=True).click()
    page.wait_for_url("**/plan/")
    for words in ("Подготовиться к олимпиаде по физике", "сорок задач", "Сделать модель маятника"):
        expect(page.locator("main")).to_contain_text(words)
    usable(page)


def test_scenario_09_plan_five_meetings_and_report_over_slow_3g(beginner: Page, browser: Browser, site: Site):
    """A pair from nothing to its closing report; one of the meetings is written without a line and sent once."""
    page = beginner
    # The fonts of a first visit alone take half of it.
    page.set_default_timeout(3 * PATIENCE_MS)
    line(page, is_there=True, speed=SLOW_3G)
    page.goto("/")
    usable(page)
    page.get_by_role("link", name="План и встречи").click()
    page.wait_for_url("**/meetings/pair/**")
    usable(page)
    here, proposed = page.url, []
    planned(page)
    page.goto(here)
    for number, kind in enumerate(KINDS):
        page.get_by_role("link", name="Записать встречу").first.click()
        page.wait_for_url("**/meetings/new/**")
        assert page.locator("main form .field").count() <= 4
        chosen = page.get_by_label("Вид встречи")
        proposed.append(chosen.locator("option:checked").inner_text())
        if kind == KINDS[-1]:
            chosen.select_option(label=kind)
        is_off = kind == KINDS[2]
        if is_off:
            line(page, is_there=False)
        log(page, TODAY - timedelta(days=40 - 7 * number), f"Встреча по порядку {number + 1}")
        if is_off:
            expect(page.locator("[data-say=kept]")).to_be_visible()
            usable(page)
            assert [draft["fields"]["result"] for draft in drafts(page)] == ["Встреча по порядку 3"]
            line(page, is_there=True, speed=SLOW_3G)
        page.wait_for_url(here)
        assert drafts(page) == []
    assert proposed == [*KINDS[:4], KINDS[3]]
    rows = page.locator("main table tbody tr")
    expect(rows).to_have_count(5)
    for number, kind in enumerate(KINDS, start=1):
        row = rows.filter(has_text=f"Встреча по порядку {number}")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(kind)
    usable(page)

    page.get_by_role("link", name="Написать итоговый отчёт").click()
    page.wait_for_url("**/report/")
    usable(page)
    page.get_by_label("Что сделано").fill("Сборник решён, модель показана классу")
    page.get_by_label("Выводы").fill("Призёр муниципального этапа")
    page.get_by_label("Предложения").fill("Продолжить в новом году")
    page.get_by_role("button", name="Сохранить отчёт", exact=True).click()
    page.wait_for_url(here)
    expect(page.locator("main")).to_contain_text("Призёр муниципального этапа")
    usable(page)

    # The school reads what the mentor wrote.
    base = site.url(World.SCHOOL)
    director, _watch = open_page(browser, base_url=base)
    director.context.add_cookies([{"name": "sessionid", "value": site.sessions["school"]["main"], "url": base}])
    director.goto(here)
    for words in ("Сборник решён, модель показана классу", *KINDS):
        expect(director.locator("main")).to_contain_text(words)
    director.context.close()


def test_scenario_09_a_year_of_a_pair_on_a_phone(plain_phone: Page):
    """With scripts off: the plan, meetings in their order, a correction, the report."""
    page, today = plain_phone, TODAY
    page.goto(f"{PAIR}plan/edit/")
    page.get_by_label("Проект, задание").nth(1).fill("Подготовить проект")
    page.get_by_label("Срок", exact=True).nth(1).fill("до каникул")
    page.get_by_role("button", name="Сохранить план", exact=True).click()
    expect(page.locator("main")).to_contain_text("Подготовить проект")
    kinds = []
    for number in range(4):
        page.goto(NEW)
        kinds.append(page.get_by_label("Вид встречи").input_value())
        assert page.locator("main form .field").count() <= 4
        log(page, today - timedelta(days=30 - number), f"Встреча по порядку {number}")
        page.wait_for_url(f"**{PAIR}")
    assert kinds == ["trial", "planning", "regular", "regular"], "the seeded one was the first"
    page.goto(NEW)
    page.get_by_label("Вид встречи").select_option("final")
    log(page, today - timedelta(days=20), "Простились")
    page.wait_for_url(f"**{PAIR}")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="Исправить или дополнить").click()
    page.get_by_label("Место или формат").fill("кабинет 12")
    page.get_by_role("button", name="Сохранить", exact=True).click()
    page.get_by_role("link", name=re.compile("итоговый отчёт")).click()
    page.get_by_label("Что сделано").fill("Проект защищён")
    page.get_by_role("button", name="Сохранить отчёт", exact=True).click()
    expect(page.locator("main")).to_contain_text("Проект защищён")


def test_scenario_09_a_draft_is_sent_once_when_the_line_is_back(phone: Page):
    day = TODAY - timedelta(days=9)
    phone.goto(NEW)
    assert (axe_violations(phone), sideways_overflow_px(phone)) == ([], 0)
    line(phone, is_there=False)
    log(phone, day, "Без связи раз")
    expect(phone.locator("[data-say=kept]")).to_be_visible()
    assert axe_violations(phone) == []
    log(phone, day + timedelta(days=1), "Без связи два")
    assert [draft["fields"]["result"] for draft in drafts(phone)] == ["Без связи раз", "Без связи два"]
    line(phone, is_there=True)
    phone.wait_for_url(f"**{PAIR}")
    expect(phone.locator("main table")).to_contain_text("Без связи два")
    assert drafts(phone) == []
    assert (meetings_with(phone, "Без связи раз"), meetings_with(phone, "Без связи два")) == (1, 1)


def test_scenario_09_an_answer_that_is_lost_makes_no_second_meeting(phone: Page):
    """The server writes the meeting and the line goes before the answer: the next attempt finds it written."""
    lost = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            # Browsers resolve *.localhost themselves, the library that fetches here does not.
            host = urlsplit(route.request.url).netloc
            told = route.fetch(
                url=route.request.url.replace("sch-a.localhost", "127.0.0.1"),
                headers={**route.request.all_headers(), "host": host},
            )
            lost.append(told.status)
            route.abort()
        else:
            route.continue_()

    phone.goto(NEW)
    phone.route("**/meetings/new/**", lose)
    log(phone, TODAY - timedelta(days=6), "Ответ потерялся")
    expect(phone.locator("[data-say=kept]")).to_be_visible()
    assert (lost, len(drafts(phone))) == ([200], 1)
    phone.goto(NEW)
    phone.wait_for_url(f"**{PAIR}")
    assert drafts(phone) == []
    assert meetings_with(phone, "Ответ потерялся") == 1


def test_scenario_09_a_conflict_is_shown_with_what_was_typed(phone: Page, plain_phone: Page):
    day = TODAY - timedelta(days=4)
    phone.goto(NEW)
    line(phone, is_there=False)
    log(phone, day, "Моя запись")
    plain_phone.goto(NEW)
    log(plain_phone, day, "Запись другого")
    plain_phone.wait_for_url(f"**{PAIR}")
    line(phone, is_there=True)
    expect(phone.locator("main")).to_contain_text("Встреча этого дня уже записана")
    assert phone.get_by_label("Кратко результат").input_value() == "Моя запись"
    assert drafts(phone) == []
    phone.get_by_label("Это другая встреча того же дня").check()
    phone.get_by_role("button", name="Записать встречу", exact=True).click()
    phone.wait_for_url(f"**{PAIR}")
    assert (meetings_with(phone, "Моя запись"), meetings_with(phone, "Запись другого")) == (1, 1)


def test_scenario_09_what_was_typed_comes_back_until_it_is_saved(phone: Page):
    """A closed tab, then no line, then a session that ran out: what was typed into the plan outlives all three."""
    edit, goal = f"{PAIR}plan/edit/", "Цель, которую не успели сохранить"
    phone.goto(edit)
    was = phone.get_by_label("Цель и задачи").input_value()
    rows = phone.locator("[name=rows-TOTAL_FORMS]").input_value()
    phone.get_by_label("Цель и задачи").fill(goal)
    wait_until_kept(phone, goal)
    phone.evaluate(
        "rows => { const kept = JSON.parse(localStorage.getItem('meetings.unsaved'));"
        " kept[0].fields[`rows-${rows}-task`] = 'Строка, которой больше нет';"
        " localStorage.setItem('meetings.unsaved', JSON.stringify(kept)); }",
        rows,
    )
    phone.goto(edit)
    said = phone.get_by_text("Восстановлено несохранённое от")
    expect(said).to_have_text(re.compile(r"от \d\d:\d\d$"))
    assert phone.get_by_label("Цель и задачи").input_value() == goal
    assert phone.locator(f"[name=rows-{rows}-task]").input_value() == "Строка, которой больше нет"
    usable(phone)
    phone.get_by_role("button", name="Убрать").click()
    expect(said).to_be_hidden()
    assert phone.get_by_label("Цель и задачи").input_value() == was
    assert (phone.locator("[name=rows-TOTAL_FORMS]").input_value(), unsaved(phone)) == (rows, [])

    phone.get_by_label("Цель и задачи").fill(goal)
    line(phone, is_there=False)
    phone.get_by_role("button", name="Сохранить план", exact=True).click()
    expect(phone.get_by_text("Пока не сохранено")).to_be_visible()
    usable(phone)
    line(phone, is_there=True)
    cookies = phone.context.cookies()
    phone.context.clear_cookies()
    phone.get_by_role("button", name="Сохранить план", exact=True).click()
    expect(phone.get_by_text("Вход закончился")).to_be_visible()
    usable(phone)
    phone.context.add_cookies(cookies)
    phone.get_by_role("link", name="Войти и вернуться сюда").click()
    expect(said).to_be_visible()
    phone.get_by_role("button", name="Сохранить план", exact=True).click()
    phone.wait_for_url(f"**{PAIR}plan/")
    expect(phone.locator("main")).to_contain_text(goal)
    assert unsaved(phone) == []
    phone.goto(edit)
    assert phone.get_by_label("Цель и задачи").input_value() == goal
    expect(said).to_be_hidden()


def test_scenario_09_a_report_and_a_meeting_wait_too(phone: Page):
    report = f"{PAIR}report/"
    phone.goto(report)
    phone.get_by_label("Что сделано").fill("")
    phone.get_by_label("Предложения").fill("Ещё год")
    phone.get_by_role("button", name="Сохранить отчёт", exact=True).click()
    # Refused, it is shown by the server, and waits on.
    expect(phone.locator("main")).to_contain_text("Напишите, что сделано.")
    expect(phone.get_by_text("Восстановлено несохранённое от")).to_be_hidden()
    phone.goto(report)
    assert phone.get_by_label("Предложения").input_value() == "Ещё год"
    phone.get_by_label("Что сделано").fill("Всё")
    phone.get_by_role("button", name="Сохранить отчёт", exact=True).click()
    phone.wait_for_url(f"**{PAIR}")
    phone.goto(NEW)
    phone.get_by_label("Кратко результат").fill("Не успел отправить")
    wait_until_kept(phone, "Не успел отправить")
    assert set(unsaved(phone)[0]["fields"]) == {"result"}
    phone.goto(NEW)
    expect(phone.get_by_text("Восстановлено несохранённое от")).to_be_visible()
    usable(phone)
    phone.get_by_label("Дата встречи").fill((TODAY - timedelta(days=13)).isoformat())
    phone.get_by_role("button", name="Записать встречу", exact=True).click()
    phone.wait_for_url(f"**{PAIR}")
    assert (unsaved(phone), drafts(phone)) == ([], [])
    assert meetings_with(phone, "Не успел отправить") == 1


def test_scenario_09_nobody_else_at_the_device_gets_a_draft(phone: Page, site: Site):
    """Another person's draft is dropped unread, and signing out forgets one's own."""
    phone.goto(NEW)
    phone.evaluate(
        "localStorage.setItem('meetings.drafts', JSON.stringify([{owner: 'somebody else', at: Date.now(), act: 'held',"
        " fields: {key: '1', result: 'чужое'}}]))"
    )
    subject = f"log:{world.PAIR}"
    phone.evaluate(
        "subject => localStorage.setItem('meetings.unsaved', JSON.stringify([{owner: 'somebody else', at: Date.now(),"
        " subject, fields: {result: 'чужое'}}]))",
        subject,
    )
    phone.goto(NEW)
    assert (drafts(phone), unsaved(phone)) == ([], [])
    assert phone.get_by_label("Кратко результат").input_value() == ""
    phone.route("**/meetings/new/**", lambda r: r.abort() if r.request.method == "POST" else r.continue_())
    log(phone, TODAY - timedelta(days=2), "Не дошло")
    expect(phone.locator("[data-say=kept]")).to_be_visible()
    phone.get_by_label("Кратко результат").fill("Не дописано")
    wait_until_kept(phone, "Не дописано")
    answer = phone.evaluate(
        "async () => { const token = document.querySelector('[name=csrfmiddlewaretoken]').value;"
        " const body = new URLSearchParams({csrfmiddlewaretoken: token});"
        " await fetch('/accounts/logout/', {method: 'POST', body}); return localStorage.length; }"
    )
    assert answer == 0
