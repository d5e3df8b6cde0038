"""An invitation's QR opened on a phone: the code is in its field and nowhere else, and leads to an account."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from core.authz.registry import World
from tests.journeys.crawl import Site
from tests.support.browser import axe_violations, open_page, sideways_overflow_px

pytestmark = [pytest.mark.browser, pytest.mark.nightly]


@pytest.mark.parametrize("world", [World.SCHOOL, World.REGION])
def test_the_code_behind_the_sign_fills_its_field_and_is_sent_to_no_server(browser: Browser, site: Site, world: World):
    code = site.codes[world.value]
    page, watch = open_page(browser, base_url=site.url(world), width=360, height=760)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(f"{request.url} {request.headers.get('referer', '')}"))

    page.goto(f"/invite/#{code.replace('-', '')}")

    field = page.locator("[data-code-from-address]")
    expect(field).to_have_value(code)
    assert urlsplit(page.url).fragment == ""
    assert axe_violations(page) == []
    assert sideways_overflow_px(page) == 0
    page.get_by_role("button", name="Дальше").click()
    expect(page).to_have_url(re.compile(r"/invite/account/$"))
    assert [line for line in asked if code.replace("-", "") in line or code in line] == []
    assert watch.problems() == {}
    page.context.close()


@pytest.mark.parametrize("behind", ["", "12345", "<script>", "123456789012345"])
def test_what_is_no_code_fills_nothing(browser: Browser, site: Site, behind: str):
    page, watch = open_page(browser, base_url=site.url(World.SCHOOL), width=360, height=760)
    page.goto(f"/invite/#{behind}")
    page.wait_for_load_state("load")
    expect(page.locator("[data-code-from-address]")).to_have_value("")
    assert watch.problems() == {}
    page.context.close()
