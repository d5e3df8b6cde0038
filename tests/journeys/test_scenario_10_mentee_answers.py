"""Scenario 10: a mentee answers on a phone, and her mentor reads nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from core.authz.registry import World
from tests.journeys.crawl import Site
from tests.support import world
from tests.support.browser import axe_violations, open_page, sideways_overflow_px

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SECRET = "хочу встречаться чаще, но стесняюсь сказать"
PHONE, DESK = 360, 1280
# A quarter of a minute each.
MOST_QUESTIONS = 20


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Callable[[str, int], Page]]:
    """Return a function that opens a window of a persona; each page it showed obeyed the policy of content."""
    windows = []

    def window(persona: str, width: int) -> Page:
        base = site.url(World.SCHOOL)
        page, watch = open_page(browser, base_url=base, width=width, height=760)
        page.context.add_cookies([{"name": "sessionid", "value": site.sessions["school"][persona], "url": base}])
        windows.append((page, watch))
        return page

    yield window
    for page, watch in windows:
        assert watch.problems().get("csp", []) == []
        page.context.close()


def looked_at(page: Page) -> None:
    """The page is usable as it stands: nothing for axe to say, nothing to scroll sideways."""
    assert axe_violations(page) == []
    assert sideways_overflow_px(page) == 0


def ask(page: Page, code: str, who: str) -> str:
    """Open a round; return its address."""
    page.goto("/questionnaires/new/")
    page.get_by_label("Анкета", exact=True).select_option(code)
    page.locator(f"main input[type=checkbox]{who}").check()
    page.get_by_role("button", name="Открыть опрос").click()
    expect(page.get_by_text("Опрос открыт.")).to_be_visible()
    looked_at(page)
    return page.url


def test_scenario_10_a_mentee_answers_on_a_phone_and_her_mentor_reads_nothing(opened):
    director, mentee, mentor = opened("main", DESK), opened("mentee", PHONE), opened("mentor", PHONE)
    survey = ask(director, "interim-mentee", "[name='with_pairs']")
    director.get_by_role("button", name="Напомнить всем, кто не ответил").click()
    expect(director.get_by_text("Напомнили: 1.")).to_be_visible()

    mentee.goto("/")
    expect(mentee.get_by_text("вам напомнили")).to_be_visible()
    mentee.get_by_role("link", name="Промежуточная анкета наставляемого").click()
    looked_at(mentee)
    said = mentee.locator("main textarea").first
    said.fill(SECRET)
    expect(mentee.get_by_text("Черновик сохранён.")).to_be_visible(timeout=10_000)
    mentee.reload()
    expect(said).to_have_value(SECRET)
    # All three sorts of question: 1–10, yes or no, in words. No more than five minutes take.
    sorts = [group.locator("input").count() for group in mentee.locator("main form fieldset").all()]
    assert {2, 10} <= set(sorts)
    assert len(sorts) + mentee.locator("main textarea").count() <= MOST_QUESTIONS
    for group, choices in zip(mentee.locator("main form fieldset").all(), sorts, strict=True):
        group.locator("input").nth(7 if choices == 10 else 0).check()
    mentee.get_by_role("button", name="Отправить ответы").click()
    expect(mentee.get_by_text("Анкета отправлена. Спасибо!")).to_be_visible()

    director.goto(survey)
    director.get_by_role("link", name="Итоги опроса").click()
    expect(director.get_by_text(SECRET)).to_be_visible()
    expect(director.get_by_text(re.compile(r"В среднем 8,0 из 10\.")).first).to_be_visible()
    looked_at(director)
    director.set_viewport_size({"width": PHONE, "height": 760})
    looked_at(director)
    director.goto(survey)
    director.goto("/questionnaires/")
    mentor.goto("/questionnaires/mine/")
    assert SECRET not in mentor.content()
    here = urlsplit(survey).path
    api = f"/api/v1{here}"
    pages = (here, f"{here}results/", f"{here}results/export/", f"{here}grid/", f"{here}links/")
    calls = (api, f"{api}asked/", f"{api}sheet/", f"{api}results/", f"{api}results/export/")
    for address in (*pages, *calls):
        answer = mentor.goto(address)
        assert answer is not None
        assert answer.status in (403, 404), address
        assert SECRET not in mentor.content()
    # What he may open says nothing of it either; who may read it reads it by the same calls.
    pair = f"/meetings/pair/{world.PAIR}/"
    for address in ("/", pair, "/api/v1/questionnaires/own/"):
        mentor.goto(address)
        assert SECRET not in mentor.content()
    director.goto(f"{api}results/")
    assert SECRET in director.content()


def test_scenario_10_two_devices_on_one_questionnaire_lose_nothing(opened):
    """What one device keeps, the other says and takes; what was typed there stays."""
    # A questionnaire of its own: the site is everybody's, and another journey asks the class the common one.
    ask(opened("main", DESK), "after-mentee-teacher-pupil", f"[value='{world.CLASS}']")
    phone, desk = opened("mentee", PHONE), opened("mentee", DESK)
    for page in (phone, desk):
        page.goto("/questionnaires/mine/")
        page.locator("main a[href*='/questionnaires/mine/']").first.click()
    phone.locator("main textarea").first.fill("с телефона")
    phone.locator("main form fieldset").first.locator("input").nth(2).check()
    expect(phone.get_by_text("Черновик сохранён.")).to_be_visible(timeout=10_000)
    phone.locator("main textarea").first.fill("с телефона, ещё")
    expect(phone.get_by_text("Черновик сохранён.")).to_be_visible(timeout=10_000)
    desk.locator("main textarea").first.fill(SECRET)
    expect(desk.get_by_role("link", name="Взять те ответы")).to_be_visible(timeout=10_000)
    expect(desk.locator(".field:has(textarea:focus) + [data-autosaved]")).to_be_visible()
    looked_at(desk)
    desk.get_by_role("button", name="Сохранить черновик").click()
    expect(desk.get_by_text("На другом устройстве эту анкету уже дополнили.")).to_be_visible()
    expect(desk.locator("main textarea").first).to_have_value(SECRET)
    expect(desk.locator("main form fieldset").first.locator("input").nth(2)).to_be_checked()
    looked_at(desk)
    desk.get_by_role("link", name="Взять все те ответы вместо своих").click()
    expect(desk.locator("main textarea").first).to_have_value(re.compile("^с телефона"))
