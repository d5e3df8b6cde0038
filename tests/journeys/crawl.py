"""Visits every endpoint of a world in a browser as somebody who may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from core.authz.registry import World, role_of
from core.authz.views import PolicyKind
from tests.journeys.variants import VARIANTS
from tests.permissions.walk import Endpoint, endpoints, own_values
from tests.support.accounts import PASSWORD
from tests.support.browser import AXE_SOURCE, COLLECT_CSP_REPORTS, Watch, axe_violations, sideways_overflow_px
from tests.support.parts import has_its_turn

LABELS = {World.SCHOOL: "sch-a", World.REGION: "region"}
# Endpoints that never answer a whole page, and why; an entry that does, or is gone, fails as stale. Others are
# recognised by what they answer: 405 (only a form goes there) and a download.
_PART = "a part that refreshes itself"
NOT_PAGES = {
    "answer:open": "an exchange: it sends on to the questionnaire, which the same visitor then sees",
    "ui:appearance": "only a form goes there; whoever types the address is sent back",
    "ui:design-live": _PART,
    "dashboards:home": "sends on to the dashboard that is one's own",
    "dashboards:region-live": _PART,
    "dashboards:district-live": _PART,
    "dashboards:school-live": _PART,
    "registry:school-live": _PART,
    "archive:live": _PART,
    "imports:progress": _PART,
    "matching:run-live": _PART,
    "imports:undo": "the seeded import is not written yet, so it is sent on; the variants show the page",
}


@dataclass(frozen=True)
class Site:
    """A running site: its port, session keys by world and persona, a code of an invitation by world."""

    port: int
    sessions: dict[str, dict[str, str]]
    codes: dict[str, str]

    def url(self, where: World) -> str:
        """Return the address of a world's host."""
        return f"http://{LABELS[where]}.localhost:{self.port}"


@dataclass
class Visits:
    """What a crawl saw: pages by path, names of endpoints asked, those that are not pages and why, faults by path."""

    pages: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass
class Look:
    """How a page is looked at."""

    width: int = 1280
    appearance: Mapping[str, str] = field(default_factory=dict)
    with_axe: bool = True
    # By day each page is seen in one state, and the frame around it on the first page of each persona.
    in_every_state: bool = True
    # Into how many parts the pages are shared out, of which one is visited.
    parts: int = 1
    framed: set[BrowserContext] = field(default_factory=set)


class Personas:
    """Browser contexts of one world, each made when it is first needed."""

    def __init__(self, browser: Browser, site: Site, where: World, look: Look) -> None:
        self.browser, self.site, self.where, self.look = browser, site, where, look
        self._open: dict[str, tuple[Page, Watch]] = {}

    def page(self, persona: str) -> tuple[Page, Watch]:
        """Return the persona's page and its watch."""
        if persona not in self._open:
            self._open[persona] = self._make(persona)
        page, watch = self._open[persona]
        if self.look.appearance:
            # Again, each time: one of the addresses takes the choice back.
            self._dress(page.context)
        return page, watch

    def close(self) -> None:
        """Close every context."""
        for page, _watch in self._open.values():
            page.context.close()

    def watches(self) -> Iterator[tuple[str, Watch]]:
        """Yield every persona with its watch."""
        for persona, (_page, watch) in self._open.items():
            yield persona, watch

    def _make(self, persona: str) -> tuple[Page, Watch]:
        base = self.site.url(self.where)
        context = self.browser.new_context(
            viewport={"width": self.look.width, "height": 900}, locale="ru-RU", base_url=base
        )
        context.add_init_script(COLLECT_CSP_REPORTS)
        if self.look.with_axe:
            context.add_init_script(path=AXE_SOURCE)
        self._cookies(context, persona, base)
        watch = Watch(context, expected_statuses={405})
        watch.attach()
        page = context.new_page()
        {"halfway": self._halfway, "invited": self._invited}.get(persona, lambda _page: None)(page)
        return page, watch

    def _cookies(self, context: BrowserContext, persona: str, base: str) -> None:
        key = self.site.sessions[self.where].get(persona)
        if key:
            context.add_cookies([{"name": "sessionid", "value": key, "url": base}])

    def _dress(self, context: BrowserContext) -> None:
        value = urlencode(self.look.appearance)
        context.add_cookies([{"name": "appearance", "value": value, "url": self.site.url(self.where)}])

    @staticmethod
    def _halfway(page: Page) -> None:
        page.goto("/accounts/login/")
        page.fill("[name=login]", "halfway")
        page.fill("[name=password]", PASSWORD)
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
        page.wait_for_url("**/second-factor/enter/**")

    def _invited(self, page: Page) -> None:
        page.goto("/invite/")
        page.fill("[name=code]", self.site.codes[self.where])
        page.locator("main form button[type=submit], main form button:not([type])").first.click()
        page.wait_for_url("**/invite/account/")


def candidates(endpoint: Endpoint) -> tuple[str, ...]:
    """Return who is tried, in order, until the endpoint shows a page."""
    assert endpoint.policy is not None
    if endpoint.policy.kind is PolicyKind.PUBLIC:
        return ("visitor", "halfway", "invited", "main")
    # What a director does not carry is a participant's own.
    director = role_of(World.SCHOOL, "director")
    wanted = endpoint.policy.permissions
    if endpoint.world is World.SCHOOL and wanted and director and not set(wanted) & set(director.capabilities):
        # The seeded questionnaire is asked of the mentee.
        return ("mentee",) if endpoint.name.startswith("questionnaires:") else ("mentor",)
    return ("main", "newcomer")


def _answer(page: Page, path: str) -> str:
    """Go there; return what came: ``page``, ``download``, ``form only``, ``part``, ``sent on`` or a status."""
    statuses: list[int] = []
    note = lambda response: statuses.append(response.status)  # noqa: E731
    page.on("response", note)
    try:
        response = page.goto(path)
    except PlaywrightError as error:
        if "Download is starting" in str(error):
            return "download"
        if "ERR_HTTP_RESPONSE_CODE_FAILURE" in str(error):  # an answer without a body
            page.wait_for_url("chrome-error://**")
            return _named(statuses[-1])
        raise
    finally:
        page.remove_listener("response", note)
    assert response is not None
    if response.request.redirected_from is not None and urlsplit(page.url).path != urlsplit(path).path:
        return "sent on"
    if response.status != 200:
        return _named(response.status)
    if not page.evaluate("document.doctype !== null"):
        return "part"
    return "page"


def _named(status: int) -> str:
    return "form only" if status == 405 else str(status)


def crawl(browser: Browser, site: Site, where: World, look: Look, check: Callable[[Page, Look], list[str]]) -> Visits:
    """Visit every endpoint and every variant of a world; ``check`` returns the faults of the page that stands open."""
    personas, seen = Personas(browser, site, where, look), Visits()
    with _closing(personas):
        for endpoint in endpoints(where):
            if endpoint.is_api:  # answers programmes, never a page
                continue
            if not has_its_turn(endpoint.name, look.parts):
                continue
            seen.asked.add(endpoint.name)
            _visit(personas, endpoint, look, check, seen)
        page, _watch = personas.page("main")
        for path in VARIANTS[where] if look.in_every_state else ():
            answer = _answer(page, path)
            if answer != "page":
                seen.faults.append(f"{path}: {answer} instead of a page")
                continue
            seen.pages.append(path)
            seen.faults += [f"{path}: {fault}" for fault in check(page, look)]
        for persona, watch in personas.watches():
            seen.faults += [
                f"{persona}, {kind}: {entry}" for kind, found in watch.problems().items() for entry in found
            ]
    return seen


@contextmanager
def _closing(personas: Personas) -> Iterator[None]:
    try:
        yield
    finally:
        personas.close()


def _visit(personas: Personas, endpoint: Endpoint, look: Look, check: Any, seen: Visits) -> None:
    path, answers = endpoint.path(own_values(endpoint)), {}
    for persona in candidates(endpoint):
        page, watch = personas.page(persona)
        answer = _answer(page, path)
        if answer == "page":
            seen.pages.append(path)
            seen.faults += [f"{path}: {fault}" for fault in check(page, look)]
            watch.collect(page)
            return
        answers[persona] = answer
        if answer in ("download", "form only") or endpoint.name in NOT_PAGES:
            break
    last = next(reversed(answers.values()))
    seen.others[endpoint.name] = last
    if last not in ("download", "form only") and endpoint.name not in NOT_PAGES:
        seen.faults.append(f"{path}: nobody sees a page: {answers}")


def look_at(page: Page, look: Look) -> list[str]:
    """Return the faults of a page: axe, language, title, help, one heading of the first level, sideways overflow."""
    page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
    facts = page.evaluate(
        "() => ({lang: document.documentElement.lang, title: document.title.trim(),"
        " headings: document.querySelectorAll('h1').length,"
        " help: document.querySelector('details.help .help-body')?.textContent.trim() ?? ''})"
    )
    faults = [] if facts["lang"] == "ru" else [f"lang={facts['lang']!r}"]
    faults += [] if facts["title"] else ["no title"]
    faults += [] if facts["headings"] == 1 else [f"{facts['headings']} h1"]
    faults += [] if facts["help"] else ["no help text"]
    overflow = sideways_overflow_px(page)
    faults += [f"{overflow} px wider than {look.width}"] if overflow else []
    if look.with_axe:
        faults += axe_violations(page, frame_is_known=not look.in_every_state and page.context in look.framed)
        look.framed.add(page.context)
    return faults
