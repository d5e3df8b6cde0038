"""P13 and accessibility: every page of both URLconfs in a real browser, as somebody who may see it.

By day a tenth of the pages, another one with another commit; at night each of them, the faces that some of them
change, schemes and widths.

Complete by construction: what a URLconf lists is visited; an endpoint that shows nobody a page is the target of a
form (405), a download, or named in ``crawl.NOT_PAGES``.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from core.authz.registry import World
from tests.journeys.crawl import NOT_PAGES, Look, Site, crawl, look_at
from tests.permissions.walk import endpoints

# One worker for both worlds: the site is started once.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

SCHEMES = ["normal", "black-on-white", "white-on-black", "blue"]
# A floor, so that a crawl of nothing cannot be green.
PAGES_AT_LEAST = {World.SCHOOL: 50, World.REGION: 38}


def visit_all(browser: Browser, site: Site, where: World, look: Look) -> None:
    seen = crawl(browser, site, where, look, look_at)
    print(f"P13 {where} {look.width}px {dict(look.appearance)}: {len(seen.pages)} pages, not pages: {seen.others}")
    stale = set(NOT_PAGES) & seen.asked - set(seen.others)
    assert not stale, f"strike from NOT_PAGES: {stale}"
    assert not seen.faults, "\n".join(seen.faults)
    # The parts are not quite equal.
    assert len(seen.pages) >= PAGES_AT_LEAST[where] // (2 * look.parts if look.parts > 1 else 1)


@pytest.mark.parametrize("where", list(World))
def test_a_part_of_the_pages(browser: Browser, site: Site, where: World) -> None:
    visit_all(browser, site, where, Look(in_every_state=False, parts=10))


@pytest.mark.nightly
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("where", list(World))
def test_every_page_in_every_scheme(browser: Browser, site: Site, where: World, scheme: str, width: int) -> None:
    visit_all(browser, site, where, Look(width=width, appearance={"scheme": scheme}))


@pytest.mark.nightly
@pytest.mark.parametrize("size", ["100", "200"])
@pytest.mark.parametrize("where", list(World))
def test_nothing_is_wider_than_a_narrow_screen(browser: Browser, site: Site, where: World, size: str) -> None:
    visit_all(browser, site, where, Look(width=320, appearance={"size": size}, with_axe=False))


def test_every_exception_names_an_endpoint() -> None:
    known = {endpoint.name for where in World for endpoint in endpoints(where)}
    assert set(NOT_PAGES) - known == set()
