"""A real Chromium for journeys: safe launch, axe, and a watch over what the page asked for and complained about.

    with chromium() as browser:
        page, watch = open_page(browser, appearance={"scheme": "blue"}, width=360)
        page.goto(url)
        assert axe_violations(page) == []
        watch.assert_quiet()

Playwright drives the system's Chromium (``CHROMIUM`` or one on the path); nothing is downloaded.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

from deploy.launch import browser as launcher

# Our pages have no frames and no styles from elsewhere, so axe need not fetch the sheets a second time.
AXE_OPTIONS = "resultTypes: ['violations'], preload: false, iframes: false"
# What axe is asked for: everything of the whole page; or, two thirds as dear, contrast of its own part alone.
WHOLE = f"axe.run(document, {{{AXE_OPTIONS}}}).then((found) => found.violations)"
OWN_CONTRAST = f"""axe.run(document, {{{AXE_OPTIONS}, rules: {{'color-contrast': {{enabled: false}}}}}})
  .then((page) => axe.run('main', {{{AXE_OPTIONS}, runOnly: ['color-contrast']}})
    .then((own) => [...page.violations, ...own.violations]))"""
AXE_SOURCE = Path(__file__).parent / "axe" / "axe.min.js"

# Without these Chromium calls home at every start; a closed network then delays and clutters each run.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

# Runs before the page's own code in every document, outside its content security policy.
COLLECT_CSP_REPORTS = """
window.__cspReports = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__cspReports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None when the machine has none."""
    found = launcher.find_chromium()
    return str(found) if found else None


def require_chromium() -> str:
    """Return the path of a Chromium or skip the test; under ``REQUIRE_BROWSER`` (CI) its absence is a failure."""
    path = find_chromium()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("no Chromium, but this run requires browser tests")
        pytest.skip("no Chromium on this machine")
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium with an empty profile."""
    path = require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """Everything a context's pages did that a quiet page does not do."""

    context: BrowserContext
    allowed_hosts: frozenset[str] = frozenset()
    console_errors: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    third_party: list[str] = field(default_factory=list)
    server_errors: list[str] = field(default_factory=list)
    csp_reports: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)

    def attach(self) -> None:
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.page_errors.append(str(error.error)))
        self.context.on("request", self._request)
        self.context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        # Chromium logs each 4xx/5xx itself; a journey that visits a refused page on purpose names the status.
        if any(f"status of {status}" in message.text for status in self.expected_statuses):
            return
        # A bare part of a page names no icon, so the browser tries the old address.
        if str(message.location.get("url", "")).endswith("/favicon.ico"):
            return
        self.console_errors.append(f"{message.text} @ {message.location.get('url', '')}")

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if urlsplit(request.url).scheme in ("data", "blob", "about"):
            return
        is_ours = host == "localhost" or host.endswith(".localhost") or host == "127.0.0.1"
        if not is_ours and host not in self.allowed_hosts:
            self.third_party.append(request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.server_errors.append(f"{response.status} {response.url}")

    def collect(self, page: Page) -> None:
        """Take the page's CSP reports; call before leaving a page."""
        reports = page.evaluate("window.__cspReports ? window.__cspReports.splice(0) : []")
        self.csp_reports += [f"{page.url}: {report}" for report in reports]

    def problems(self) -> dict[str, list[str]]:
        """Return what was noticed so far by kind; empty when all was quiet."""
        for page in self.context.pages:
            self.collect(page)
        found = {
            "console": self.console_errors,
            "page": self.page_errors,
            "third party": self.third_party,
            "server": self.server_errors,
            "csp": self.csp_reports,
        }
        return {kind: list(entries) for kind, entries in found.items() if entries}

    def assert_quiet(self) -> None:
        """Fail when anything was noticed."""
        assert self.problems() == {}


def open_page(
    browser: Browser,
    *,
    base_url: str | None = None,
    width: int = 1280,
    height: int = 900,
    appearance: Mapping[str, str] | None = None,
    javascript: bool = True,
    allowed_hosts: frozenset[str] = frozenset(),
) -> tuple[Page, Watch]:
    """Open a page in a fresh context (no cookies shared) and watch it.

    ``appearance`` sets the low-vision cookie for ``base_url``, for example ``{"scheme": "blue", "size": "200"}``.
    Close with ``page.context.close()``.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="ru-RU",
        java_script_enabled=javascript,
        base_url=base_url,
    )
    if appearance:
        assert base_url is not None, "the cookie needs to know its host"
        context.add_cookies([{"name": "appearance", "value": urlencode(appearance), "url": base_url}])
    if javascript:
        context.add_init_script(COLLECT_CSP_REPORTS)
    watch = Watch(context, allowed_hosts)
    watch.attach()
    return context.new_page(), watch


def axe_violations(page: Page, *, frame_is_known: bool = False) -> list[str]:
    """Run axe with every rule and return one line per violating element, empty when all is well.

    Contrast is two thirds of its time: where the frame around ``main`` has been looked at on another page with the
    same look (``frame_is_known``), it is measured in ``main`` alone.

    The source is evaluated through the debugger, so the page's own policy stays as strict as it is. A crawl of many
    pages gives it to the context once: ``context.add_init_script(path=AXE_SOURCE)``.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SOURCE.read_text(encoding="utf-8"))
    violations: list[dict[str, Any]] = page.evaluate(OWN_CONTRAST if frame_is_known else WHOLE)
    return [
        f"{violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))} – {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def sideways_overflow_px(page: Page) -> int:
    """Return by how many CSS pixels the page is wider than its window (WCAG 1.4.10: must be 0 at 320)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
