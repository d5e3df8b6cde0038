"""Every form of every page works where no script runs: it has somewhere to go and a button that sends it."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.test import Client

from core.authz.registry import World
from tests.permissions.walk import endpoints, own_values
from tests.support import seeds, world
from tests.support.accounts import sign_in
from tests.support.world import SCHOOL_A

PLACES = {World.SCHOOL: SCHOOL_A, World.REGION: "region"}
ROLES = [
    (World.SCHOOL, "director", ""),
    (World.SCHOOL, "class_teacher", str(world.CLASS)),
    (World.SCHOOL, "mentor", ""),
    (World.SCHOOL, "mentee", ""),
    (World.SCHOOL, "parent", ""),
    (World.REGION, "region_admin", ""),
]
OWN_CARDS = {"mentor": world.MENTOR, "mentee": world.MENTEE}
SENDS = {"submit", "image"}


class _Controls(HTMLParser):
    """Collects what stands on a page and does nothing without a script."""

    def __init__(self) -> None:
        super().__init__()
        self.forms = 0
        self.faults: list[str] = []
        self._form: dict[str, str] | None = None
        self._sends = 0
        self._hidden: list[bool] = []
        self._named: set[str] = set()
        self._buttonless: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._hidden.append("hidden" in given)
        if tag == "form":
            self._form, self._sends = given, 0
            self.forms += 1
        kind = given.get("type", "submit" if tag == "button" else "")
        if tag in ("button", "input") and kind in SENDS and "disabled" not in given and not any(self._hidden):
            self._sends += 1
            self._named.add(given.get("form", ""))
        if tag == "button" and kind == "button" and not any(self._hidden):
            self.faults.append(f"a button that only a script hears: {given}")
        asks = [name for name in given if name in ("hx-get", "hx-post", "hx-put", "hx-delete", "hx-patch")]
        if asks and not (tag == "form" or given.get("href") or "hx-trigger" in given):
            self.faults.append(f"<{tag}> asks by {asks} and has no address of its own")
        self.faults += [f"<{tag} {name}>" for name in given if name.startswith("on")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._hidden.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in VOID:
            self._hidden.pop()
        if tag == "form" and self._form is not None:
            if not self._sends:
                where = self._form.get("action", "")
                self._buttonless[self._form.get("id", "")] = f"nothing sends the form to {where!r}"
            self._form = None

    def found(self) -> list[str]:
        """Return the faults; a form may be sent by a button elsewhere that names it."""
        return self.faults + [fault for name, fault in self._buttonless.items() if not name or name not in self._named]


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def faults_of(html: str) -> tuple[int, list[str]]:
    """Return how many forms a page has and what of it needs a script."""
    controls = _Controls()
    controls.feed(html)
    return controls.forms, controls.found()


@pytest.mark.parametrize(
    "html",
    [
        "<form action='/a/'><input name='q'></form>",
        "<form action='/a/'><button type='submit' disabled>ok</button></form>",
        "<form action='/a/'><p hidden><button>ok</button></p></form>",
        "<p><button type='button'>ok</button></p>",
        "<a hx-get='/a/'>more</a>",
        "<select name='q' onchange='this.form.submit()'></select>",
    ],
)
def test_what_needs_a_script_is_seen(html: str):
    assert len(faults_of(html)[1]) == 1


def test_a_button_elsewhere_may_send_a_form():
    html = "<form id='f' action='/a/'><input name='q'></form><div><br/><button form='f'>ok</button></div>"
    assert faults_of(html) == (1, [])


@pytest.mark.nightly
@pytest.mark.django_db
@pytest.mark.parametrize(("where", "role", "scope"), ROLES)
def test_every_form_works_without_scripts(
    client_at: Callable[[str], Client], where: World, role: str, scope: str
) -> None:
    seeds.seed_all()
    client = sign_in(client_at, PLACES[where], role, scope=scope, person_id=OWN_CARDS.get(role))
    forms, faults = 0, []
    for endpoint in endpoints(where):
        if endpoint.name.startswith("ui:"):  # the kit's own pages show fields without a form around them
            continue
        page = client.get(endpoint.path(own_values(endpoint)))
        if page.status_code == 200 and not page.streaming and "html" in page.get("Content-Type", ""):
            found, wrong = faults_of(page.content.decode())
            forms += found
            faults += [f"{endpoint.name}: {each}" for each in wrong]
    print(f"{where}/{role}: {forms} forms")
    assert forms > 20
    assert faults == []
