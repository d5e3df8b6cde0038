"""Every page with a list asks the database as often for many rows as for a few, and exactly as often as stands here.

Complete by construction: both URLconfs are walked, a page that cuts rows into pages or shows a table is a list, and one
that is not in ``COUNTS`` fails. By day some are asked, and every view that calls ``paginate`` must have its line.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import FunctionType
from typing import Any, Final

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.authz.registry import World
from core.tenancy import region, school
from core.ui import pagination
from tenants.reference.remembered import forget_reference
from tenants.registry.routing import forget_routes
from tests.permissions.asking import Asker, asker_for
from tests.permissions.twins import seed_twins
from tests.permissions.walk import Endpoint, endpoints
from tests.schools.makers import TODAY, make_consent, make_order, make_pair, make_person
from tests.support import seeds, world
from tests.support.crowd import crowd
from tests.support.parts import has_its_turn
from tests.support.world import SCHOOL_A

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
# Who is asked, in this order: a list is asked of the first who is served.
ROLES: Final = {World.SCHOOL: ("director", "mentor", "mentee", "parent"), World.REGION: ("region_admin",)}
APPS: Final = {
    World.SCHOOL: "accounts audit people consents clearances training pairs questionnaires matching meetings worklist"
    " participants papers notifications imports rights programme webhooks",
    World.REGION: "accounts audit registry.school registry.district access webhooks reference",
}
QUERIES: Final = {"consents:sheet": f"?room={world.CLASS}&kind=processing"}
# fmt: off
COUNTS: Final[dict[World, dict[str, int]]] = {
    World.SCHOOL: {
        "accounts:sessions": 8, "accounts:tokens": 8, "accounts:staff": 12, "webhooks:list": 7,
        "webhooks:card": 10, "imports:list": 9, "imports:feed": 8, "imports:job": 11, "people:duplicates": 10,
        "people:transfers": 13, "people:rollover": 9, "people:rollover-preview": 9, "people:list": 12,
        "people:merge-with": 11, "people:card": 20, "consents:missing": 12, "consents:list": 10,
        "consents:to-check": 10,
        "consents:soon": 10, "consents:sheet": 14, "consents:person": 10, "clearances:list": 12,
        "clearances:person": 17, "training:person": 11, "pairs:list": 17, "pairs:new": 6, "pairs:leavers": 9,
        "pairs:unpaired": 12, "pairs:requests": 9,
        "orders:list": 10, "orders:card": 22, "papers:consent-files": 11, "papers:order-files": 10,
        "papers:meeting-files": 13, "questionnaires:list": 9, "questionnaires:mine": 8,
        "questionnaires:templates": 7, "questionnaires:round": 11, "questionnaires:grid": 12,
        "questionnaires:links": 11, "matching:list": 8, "matching:people": 14, "matching:add": 14,
        "matching:meeting": 15, "matching:proposals": 10, "matching:board": 24, "matching:group-new": 23,
        "matching:group": 23, "matching:row": 24, "proposals:list": 9, "waiting:list": 12, "waiting:people": 11,
        "meetings:list": 13, "meetings:pair": 13, "meetings:plan": 10, "worklist:list": 41, "worklist:contact": 11,
        "notifications:list": 12, "participants:consents": 10, "participants:concerns": 9, "coverage:own": 12,
        "coverage:people": 13, "programme:forms": 7, "programme:roadmap": 10, "rights:list": 8, "rights:act": 7,
        "school-mergers:list": 9, "audit:list": 13,
    },
    World.REGION: {
        "dashboards:region": 30, "dashboards:region-live": 32, "dashboards:district": 27,
        "dashboards:district-live": 31, "dashboards:school": 15, "dashboards:school-live": 19,
        "operations:state": 15, "accounts:sessions": 6, "accounts:tokens": 8, "accounts:staff": 12,
        "webhooks:list": 6, "webhooks:card": 9, "registry:districts": 7, "registry:schools": 8,
        "registry:school": 9, "registry:audit": 7, "reference:index": 14, "reference:list": 8,
        "reference:entry": 9, "access:orders": 8, "mergers:list": 8,
    },
}
# fmt: on
OTHERS: Final = {"questionnaires:mine": "mentor", "participants:consents": "mentor"}
# Lists that copies of rows do not make long (eleven rows and more), and why.
SHORT: Final[dict[World, dict[str, str]]] = {
    World.SCHOOL: {
        "coverage:own": "a line for each definition of the region",
        **dict.fromkeys(("consents:person", "participants:consents"), "one person's, of the few kinds there are"),
        **dict.fromkeys(("meetings:plan", "rights:act"), "lines of one row's JSON"),
        "school-mergers:list": "mergers are written by the region's hand and two schools' alone",
    },
    World.REGION: {
        "accounts:sessions": "whoever asks has not signed in by the door: asked of a school's list",
        **dict.fromkeys(("reference:index", "reference:entry"), "a line for each kind, or edition"),
        **dict.fromkeys(("registry:school", "operations:state"), "steps of one school, services of one site"),
        **dict.fromkeys(("registry:audit", "mergers:list"), "the region's role may not write them alone"),
    },
}


@dataclass
class Seen:
    """What one answer cost, how many rows it had, and whether it was a list."""

    queries: int
    rows: int
    is_list: bool


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[list[int]]:
    """Return a list that grows by the number of rows of each page that is cut."""
    found: list[int] = []

    class Watched(pagination.Paginator):
        def get_page(self, number: Any) -> Any:
            page = super().get_page(number)
            found.append(len(page.object_list))
            return page

    monkeypatch.setattr(pagination, "Paginator", Watched)
    # A busy machine takes longer than reference data is remembered.
    settings.REFERENCE_REMEMBERED_SECONDS = 600
    forget_reference()
    yield found
    forget_reference()


def _look(asker: Asker, endpoint: Endpoint, cut: list[int]) -> Seen | None:
    """Return what a page cost, None when this is no page for the role; nothing that asking writes stays."""
    path = asker.own_path(endpoint) + QUERIES.get(endpoint.name, "")
    # What a process remembers for seconds is not what is counted.
    forget_routes()
    cut.clear()
    with transaction.atomic():
        with CaptureQueriesContext(connection) as asked:
            answer = asker.client.get(path)
        transaction.set_rollback(True)
    if answer.status_code != 200 or answer.streaming or "html" not in answer["Content-Type"]:
        return None
    text = answer.content.decode()
    return Seen(len(asked), max([*cut, len(re.findall("<tr", text))]), bool(cut) or "<tbody" in text)


def _look_twice(asker: Asker, endpoint: Endpoint, cut: list[int]) -> Seen | None:
    """Return the cheaper of two looks: what is remembered for a minute is read again now and then."""
    looks = [_look(asker, endpoint, cut) for _ in range(2)]
    return min((look for look in looks if look is not None), key=lambda look: look.queries, default=None)


def _pages(where: World) -> list[Endpoint]:
    skipped = {*seeds.ENDS_THE_SESSION, "ui:design"}
    return [row for row in endpoints(where) if not row.is_api and row.name not in skipped]


def _rest(user: Any) -> None:
    """Add what the seeds hold none of, and lists are made for; it is copied with the rest."""
    from core.accounts.models import SignIn
    from core.audit.models import AuditRecord
    from schools.notifications.models import Notice

    soon, over = TODAY + timedelta(days=10), TODAY - timedelta(days=10)
    for name, days in (("Скоров Ян", soon), ("Кончилов Ян", over), ("Безпарный Ян", None)):
        person = make_person(name, room="7Б")
        make_consent(person, valid_until=days)
    make_person("Безсогласный Ян", room="7Б")
    gone = make_person("Ушедший Ян", left=TODAY - timedelta(days=9))
    make_pair(make_person("Учителев Ян", kinds=("teacher",)), gone, order=make_order("84"))
    SignIn.objects.create(user=user, at=seeds.NOW, seen_at=seeds.NOW)
    AuditRecord.objects.create(actor_id=user.pk, action="people.edited", at=seeds.NOW)
    Notice.objects.create(user=user, news="proposed", about=user.pk, day=TODAY, at=seeds.NOW)


def _stage(client_at: Callable[[str], Client], where: World) -> dict[str, Asker]:
    """Seed both schools, and return who asks, by role."""
    seeds.seed_all()
    seed_twins()
    askers = {role: asker_for(client_at, where, role) for role in ROLES[where]}
    if where is World.SCHOOL:
        with school(SCHOOL_A.schema):
            _rest(askers["director"].client.user)
    return askers


def _copy(where: World, count: int) -> None:
    """Copy what there is; once, so that no section of a page is empty, or as often as makes lists long."""
    with school(SCHOOL_A.schema) if where is World.SCHOOL else region():
        for label in APPS[where].split():
            crowd(count, labels={label})


def _assert_counts(where: World, few: dict[str, Seen], many: dict[str, Seen]) -> None:
    """Assert that lists are longer, and cost what they cost."""
    wrong = [
        f"{name}: {few[name]} then {many[name]}, pinned: {COUNTS[where].get(name)}"
        for name in few
        if not few[name].queries == many[name].queries == COUNTS[where].get(name)
    ]
    assert wrong == [], "\n".join(wrong)
    as_long = {name for name, seen in many.items() if seen.rows < 11}
    assert as_long <= SHORT[where].keys()


def _calls_paginate(view: Any) -> bool:
    """Tell whether a view, or a function of its own module that it calls, cuts rows into pages."""
    waiting, seen = [inspect.unwrap(view)], set()
    while waiting:
        function = waiting.pop()
        seen.add(function)
        names = set(function.__code__.co_names)
        if "paginate" in names:
            return True
        near = [function.__globals__.get(name) for name in names]
        near = [inspect.unwrap(each) for each in near if isinstance(each, FunctionType)]
        waiting += [each for each in near if each.__module__ == function.__module__ and each not in seen]
    return False


def test_every_view_that_cuts_pages_has_its_line():
    for where, known in COUNTS.items():
        cutting = {row.name for row in _pages(where) if _calls_paginate(row.view)}
        assert cutting - known.keys() == set()
        assert len(cutting) >= 12


def _ask(client_at: Callable[[str], Client], where: World, cut: list[int], parts: int) -> tuple[int, int]:
    """Ask the pinned lists that have their turn; return how many of how many."""
    askers = _stage(client_at, where)
    asked = [row for row in _pages(where) if row.name in COUNTS[where] and has_its_turn(row.name, parts)]
    chosen = [(askers[OTHERS.get(row.name, ROLES[where][0])], row) for row in asked]
    found: list[dict[str, Seen]] = []
    for count in (1, 12):
        _copy(where, count)
        looks = {row.name: _look_twice(asker, row, cut) for asker, row in chosen}
        assert None not in looks.values(), looks
        found.append({name: look for name, look in looks.items() if look is not None})
    _assert_counts(where, *found)
    return len(asked), len(COUNTS[where])


@pytest.mark.parametrize("where", list(World))
def test_some_lists_cost_what_they_cost(client_at: Callable[[str], Client], cut: list[int], where: World):
    with transaction.atomic():
        _ask(client_at, where, cut, 8)
        transaction.set_rollback(True)


@pytest.mark.nightly
@pytest.mark.parametrize("where", list(World))
def test_every_list_costs_what_it_costs(client_at: Callable[[str], Client], cut: list[int], where: World):
    with transaction.atomic():
        asked, known = _ask(client_at, where, cut, 1)
        transaction.set_rollback(True)
    assert asked == known
    print(f"lists of the {where}: {known} ask as often for many rows as for few")


@pytest.mark.nightly
@pytest.mark.parametrize("where", list(World))
def test_every_list_is_known(client_at: Callable[[str], Client], cut: list[int], where: World):
    lists = set()
    for asker in _stage(client_at, where).values():
        for endpoint in _pages(where):
            seen = None if endpoint.name in lists else _look(asker, endpoint, cut)
            if seen is not None and seen.is_list:
                lists.add(endpoint.name)
    assert lists == COUNTS[where].keys()
