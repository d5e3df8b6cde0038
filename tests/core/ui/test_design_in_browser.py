"""The living page in a real Chromium: axe, policy, keyboard, narrow screens, without scripts, live parts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.contrib.staticfiles.views import serve
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test.utils import override_settings
from playwright.sync_api import Browser

from tests.core.ui.conftest import BARE_MIDDLEWARE
from tests.core.ui.urls import VERSION
from tests.support.browser import axe_violations, chromium, open_page, sideways_overflow_px

pytestmark = pytest.mark.browser

SCHEMES = ["normal", "black-on-white", "white-on-black", "blue"]
HARDEST = {"size": "200", "letters": "wider", "lines": "wider", "font": "serif"}


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing: the test's own output is enough."""


class _WithStatics(StaticFilesHandler):
    def serve(self, request: HttpRequest) -> HttpResponseBase:
        return serve(request, self.file_path(request.path), insecure=True)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Serve the kit alone on loopback, without a database: also without the region's name, which lies in it."""
    kit_alone = override_settings(
        MIDDLEWARE=BARE_MIDDLEWARE, ROOT_URLCONF="tests.core.ui.urls", ALLOWED_HOSTS=["*"], SHOW_DESIGN_PAGE=True
    )
    with kit_alone, pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.ui.place._region_names", [])
        server = make_server("127.0.0.1", 0, _WithStatics(WSGIHandler()), server_class=_Server, handler_class=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def check(browser: Browser, base_url: str, appearance: dict[str, str], width: int) -> None:
    page, watch = open_page(browser, base_url=base_url, width=width, appearance=appearance)
    page.goto("/design/")
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((each) => { each.open = true; })")
    assert axe_violations(page) == []
    assert sideways_overflow_px(page) == 0
    page.locator("details.menu--wide summary").click()
    assert axe_violations(page) == []
    assert sideways_overflow_px(page) == 0
    watch.assert_quiet()
    page.context.close()


@pytest.mark.nightly
@pytest.mark.parametrize("width", [360, 1280])
def test_living_page_is_accessible_and_quiet(browser: Browser, base_url: str, width: int) -> None:
    check(browser, base_url, {}, width)


@pytest.mark.nightly
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", ["100", "150", "200"])
def test_every_scheme_size_and_width(browser: Browser, base_url: str, size: str, scheme: str, width: int) -> None:
    check(browser, base_url, {"scheme": scheme, "size": size}, width)


@pytest.mark.nightly
@pytest.mark.parametrize("width", [320, 1280])
def test_hardest_choice_loses_nothing(browser: Browser, base_url: str, width: int) -> None:
    check(browser, base_url, HARDEST, width)


def test_axe_helper_sees_a_fault(browser: Browser, base_url: str) -> None:
    page, _ = open_page(browser, base_url=base_url)
    page.goto("/design/")
    page.evaluate("document.querySelector('#sample_name').removeAttribute('id')")
    assert any(line.startswith("label ") for line in axe_violations(page))
    page.context.close()


def test_watch_helper_sees_inline_and_foreign_code(browser: Browser, base_url: str) -> None:
    page, watch = open_page(browser, base_url=base_url)
    page.goto("/design/")
    page.evaluate(
        """() => {
          const styled = document.createElement('p');
          styled.setAttribute('style', 'color: red');
          document.body.append(styled);
          const image = document.createElement('img');
          image.src = 'http://third-party.example/pixel.png';
          document.body.append(image);
        }"""
    )
    page.wait_for_function("() => window.__cspReports.length >= 2")
    problems = watch.problems()
    assert len(problems["csp"]) == 2
    assert problems["console"]
    page.context.close()


@pytest.mark.nightly
def test_appearance_is_chosen_by_keyboard_and_remembered(browser: Browser, base_url: str) -> None:
    page, watch = open_page(browser, base_url=base_url)
    page.goto("/confirm/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Перейти к содержанию"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Версия для слабовидящих"
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert not page.locator("details.menu--wide").evaluate("menu => menu.open")
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/confirm/")
    page.wait_for_selector("html.a-scheme-black-on-white")
    watch.assert_quiet()
    page.context.close()


@pytest.mark.nightly
def test_everything_works_without_scripts(browser: Browser, base_url: str) -> None:
    page, watch = open_page(browser, base_url=base_url, javascript=False)
    page.goto("/design/?q=а")
    page.locator("details.menu--wide summary").click()
    page.get_by_label("200 %").check()
    page.get_by_role("button", name="Применить").click()
    assert page.url.endswith("/design/?q=%D0%B0")
    assert page.locator("html.a-size-200").count() == 1
    page.locator("details.menu--wide summary").click()
    page.get_by_role("button", name="Обычная версия").click()
    assert page.locator("html.a-size-200").count() == 0
    assert watch.third_party == []
    page.context.close()


@pytest.mark.nightly
def test_live_part_changes_only_when_there_is_news(browser: Browser, base_url: str) -> None:
    VERSION.update(value=1, views=0)
    page, watch = open_page(browser, base_url=base_url)
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status) if "/design/live/" in response.url else None)
    page.goto("/design/")
    page.wait_for_selector("#sample-live[hx-headers]")
    page.evaluate("document.querySelector('#sample-live').dataset.kept = 'yes'")
    with page.expect_response("**/design/live/"):
        pass
    page.wait_for_timeout(200)
    assert statuses == [200, 304]
    assert page.locator("#sample-live").get_attribute("data-kept") == "yes", "a 304 leaves the part untouched"
    watch.assert_quiet()
    page.context.close()
