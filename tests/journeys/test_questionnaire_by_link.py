"""A class answers by QR codes: slips for paper, phones without accounts, with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from core.authz.registry import World
from tests.journeys.crawl import Site
from tests.support import world
from tests.support.browser import Watch, axe_violations, open_page, sideways_overflow_px

pytestmark = [pytest.mark.browser, pytest.mark.nightly]
SECRET = "хочу встречаться чаще"
PHONE, DESK = 360, 1280


def looked_at(page: Page) -> None:
    """The page is usable as it stands: nothing for axe to say, nothing to scroll sideways."""
    assert axe_violations(page) == []
    assert sideways_overflow_px(page) == 0


def slip(browser: Browser, site: Site, questionnaire: str = "after-mentee") -> str:
    """Ask a class as a director, print its slips, return the path of the first code."""
    base = site.url(World.SCHOOL)
    page, watch = open_page(browser, base_url=base, width=DESK)
    page.context.add_cookies([{"name": "sessionid", "value": site.sessions["school"]["main"], "url": base}])
    page.goto("/questionnaires/new/")
    page.get_by_label("Анкета", exact=True).select_option(questionnaire)
    page.locator(f"main input[value='{world.CLASS}']").check()
    page.get_by_role("button", name="Сначала посчитать, кого спросим").click()
    expect(page.get_by_text("Людей: ")).to_be_visible()
    page.get_by_role("button", name="Открыть опрос").click()
    page.get_by_role("link", name="Личные ссылки и QR-коды").click()
    looked_at(page)
    page.get_by_role("button", name="Сделать листки").click()
    looked_at(page)
    expect(page.locator(".slip img").first).to_be_visible()
    found = re.search(r"/q/[\w-]{24}/", page.locator(".slip-url").first.inner_text())
    assert found is not None
    assert watch.problems().get("csp", []) == []
    page.locator("nav.crumbs a").nth(1).click()
    page.get_by_role("button", name="Закрыть опрос").click()
    page.get_by_role("button", name="Снова открыть опрос").click()
    page.context.close()
    return found[0]


def phone(browser: Browser, site: Site, *, javascript: bool = True) -> tuple[Page, Watch]:
    """Open a phone that has never been here."""
    return open_page(browser, base_url=site.url(World.SCHOOL), width=PHONE, height=760, javascript=javascript)


def answer_all(page: Page) -> None:
    """Mark the first choice of each question that has choices."""
    for group in page.locator("main form fieldset").all():
        group.locator("input").first.check()


def test_a_phone_answers_by_its_code_and_no_other_reads_the_draft(browser, site):
    code = slip(browser, site)
    (own, watch), (other, _watch) = phone(browser, site), phone(browser, site)
    own.goto("about:blank")
    own.goto(code)
    assert own.url.endswith("/q/")
    assert own.evaluate("document.referrer") == ""
    looked_at(own)
    own.locator("main textarea").first.fill(SECRET)
    expect(own.get_by_text("Черновик сохранён.")).to_be_visible(timeout=10_000)
    other.goto(code)
    assert SECRET not in other.content()
    own.goto(code)
    expect(own.locator("main textarea").first).to_have_value(SECRET)
    answer_all(own)
    own.get_by_role("button", name="Отправить ответы").click()
    expect(own.get_by_role("heading", name="Спасибо!")).to_be_visible()
    looked_at(own)
    own.go_back()
    assert SECRET not in own.content()
    own.goto(code)
    expect(own.get_by_role("heading", name="Спасибо!")).to_be_visible()
    assert watch.problems().get("csp", []) == []
    for page in (own, other):
        page.context.close()


def test_it_works_without_scripts(browser, site):
    page, _watch = phone(browser, site, javascript=False)
    page.goto(slip(browser, site, "satisfaction-mentee"))
    page.locator("main textarea").first.fill(SECRET)
    page.get_by_role("button", name="Отправить ответы").click()
    expect(page.get_by_text("Ответьте на этот вопрос.").first).to_be_visible()
    expect(page.locator("main textarea").first).to_have_value(SECRET)
    answer_all(page)
    page.get_by_role("button", name="Отправить ответы").click()
    expect(page.get_by_role("heading", name="Спасибо!")).to_be_visible()
    page.context.close()
