"""The menu: what upper apps register, who sees it, where one stands."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from core.ui import navigation, place
from core.ui.context_processors import UiContext
from core.ui.navigation import NavItem, NavLink, NavSection, menu_for, register, register_sections


@pytest.fixture(autouse=True)
def _empty_menu(monkeypatch: pytest.MonkeyPatch, bare: Any) -> None:
    monkeypatch.setattr(navigation, "_items", [])
    monkeypatch.setattr(navigation, "_sections", [])
    monkeypatch.setattr(place, "_region_names", [])


def item(label: str, url_name: str, **options: Any) -> NavItem:
    return NavItem(label=label, url_name=url_name, **{"permission": bool, "worlds": {"school"}, **options})


def request(path: str = "/", *, user: Any = None, school: Any = None) -> HttpRequest:
    made = RequestFactory().get(path)
    made.user = user or SimpleNamespace(is_authenticated=True, name="Светлана Осина", pk=1)
    made.school = school
    return made


SCHOOL = SimpleNamespace(title="Школа № 7")


def links_for(request: HttpRequest) -> list[NavLink]:
    return [link for group in menu_for(request) for link in group.links]


def test_menu_is_ordered_and_filtered() -> None:
    register(
        item("Второй", "ui:design", order=20),
        item("Первый", "ui:appearance", order=10),
        item("Чужой мир", "ui:design", worlds={"region"}),
        item("Запретный", "ui:design-live", permission=lambda actor: actor.name == "другой"),
    )
    assert [link.label for link in links_for(request(school=SCHOOL))] == ["Первый", "Второй"]
    assert [link.label for link in links_for(request())] == ["Чужой мир"]


def test_visitor_without_account_sees_no_menu() -> None:
    register(item("Компоненты", "ui:design", permission=lambda actor: True))
    assert links_for(request(user=SimpleNamespace(is_authenticated=False), school=SCHOOL)) == []


def test_deepest_section_is_current() -> None:
    register(item("Компоненты", "ui:design"), item("Живое", "ui:design-live"))
    here = {link.label: link.is_current for link in links_for(request("/design/live/5/", school=SCHOOL))}
    assert here == {"Компоненты": False, "Живое": True}
    assert not any(link.is_current for link in links_for(request("/other/", school=SCHOOL)))


def test_same_address_twice_in_one_world_is_refused() -> None:
    register(item("Компоненты", "ui:design"))
    register(item("Компоненты", "ui:design", worlds={"region"}))
    with pytest.raises(ImproperlyConfigured):
        register(item("Ещё раз", "ui:design", worlds={"region", "school"}))


def test_item_without_an_address_is_a_fault_not_a_dead_link() -> None:
    register(item("Нет такого", "ui:no-such"))
    with pytest.raises(ImproperlyConfigured):
        links_for(request(school=SCHOOL))


def test_sections_gather_items_and_one_item_stands_alone() -> None:
    register_sections(
        NavSection(code="pairs", label="Пары", world="school", order=20),
        NavSection(code="people", label="Люди", world="school", order=30),
    )
    register(
        item("Приказы", "ui:design-live", section="pairs", order=90),
        item("Список", "ui:design", section="pairs", order=80),
        item("Согласия", "ui:appearance", section="people", order=10),
        item("Главная", "moved", order=10),
    )
    menu = menu_for(request("/design/live/", school=SCHOOL))
    assert [group.label for group in menu] == ["Главная", "Пары", "Люди"]
    assert [link.label for link in menu[1].links] == ["Список", "Приказы"]
    assert [bool(group.single) for group in menu] == [True, False, True]
    assert [group.is_current for group in menu] == [False, True, False]
    html = render_to_string("ui/confirm.html", {"title": "Т"}, request=request("/design/live/", school=SCHOOL))
    assert html.count('<details class="nav-group" name="section"><summary class="here"><span>Пары</span>') == 1
    assert "<span>Люди</span>" not in html
    assert html.count(">Согласия</a>") == 2


def test_unknown_and_repeated_sections_are_faults() -> None:
    register(item("Приказы", "ui:design", section="pairs"))
    with pytest.raises(ImproperlyConfigured):
        menu_for(request(school=SCHOOL))
    register_sections(NavSection(code="pairs", label="Пары", world="school", order=20))
    assert menu_for(request(school=SCHOOL))[0].single
    with pytest.raises(ImproperlyConfigured):
        register_sections(NavSection(code="pairs", label="Ещё", world="school", order=20))


def test_place_is_the_school_else_the_region() -> None:
    assert UiContext(request(school=SCHOOL)).place == "Школа № 7"
    assert UiContext(request()).place == "Регион"
    place.register_region_name(lambda: "Лесная область")
    assert UiContext(request()).place == "Лесная область"


def test_header_names_reader_place_and_section() -> None:
    register(item("Люди", "ui:design"))
    html = render_to_string("ui/design_live.html", request=request("/design/", school=SCHOOL))
    assert "<header" not in html
    html = render_to_string("ui/confirm.html", {"title": "Т"}, request=request("/design/", school=SCHOOL))
    assert "Школа № 7" in html
    assert "Светлана Осина" in html
    assert html.count('<a href="/design/" aria-current="page">Люди</a>') == 2
