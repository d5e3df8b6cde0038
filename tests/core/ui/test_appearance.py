"""The low-vision panel: remembered, harmless on any input, and never a way off the site."""

from __future__ import annotations

import re
from itertools import product

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from core.ui.appearance import SETTINGS, Appearance


def test_ordinary_look_needs_no_class_and_no_cookie() -> None:
    assert Appearance().css_classes == ""
    assert Appearance().to_cookie() == ""
    assert not Appearance().is_changed


def test_choice_survives_the_cookie() -> None:
    chosen = Appearance.from_mapping({"size": "200", "scheme": "blue", "images": "off", "font": "sans"})
    assert Appearance.from_cookie(chosen.to_cookie()) == chosen
    assert chosen.css_classes == "a-size-200 a-scheme-blue a-images-off"
    assert chosen.images_off


def test_every_offered_combination_survives_the_cookie() -> None:
    names = [setting.name for setting in SETTINGS]
    combinations = list(product(*[[option.value for option in setting.options] for setting in SETTINGS]))
    for values in combinations:
        chosen = Appearance.from_mapping(dict(zip(names, values, strict=True)))
        assert Appearance.from_cookie(chosen.to_cookie()) == chosen
    assert len(combinations) == 3 * 4 * 2 * 3 * 3 * 2


@given(st.text(max_size=5000))
def test_any_cookie_gives_only_known_classes(raw: str) -> None:
    known = {f"a-{setting.name}-{option.value}" for setting in SETTINGS for option in setting.options}
    assert set(Appearance.from_cookie(raw).css_classes.split()) <= known


def test_view_remembers_and_returns(visitor: Client) -> None:
    response = visitor.get("/appearance/", {"scheme": "white-on-black", "size": "150", "next": "/design/?page=2"})
    assert (response.status_code, response["Location"]) == (302, "/design/?page=2")
    cookie = response.cookies["appearance"]
    assert cookie.value == "size=150&scheme=white-on-black"
    assert (cookie["httponly"], cookie["samesite"], cookie["domain"]) == (True, "Lax", "")
    page = visitor.get("/design/").content.decode()
    assert '<html lang="ru" class="a-size-150 a-scheme-white-on-black">' in page


def test_back_to_normal_forgets(visitor: Client) -> None:
    visitor.get("/appearance/", {"scheme": "blue", "next": "/design/"})
    response = visitor.get("/appearance/", {"reset": "1", "scheme": "blue", "next": "/design/"})
    assert response.cookies["appearance"].value == ""
    assert '<html lang="ru" class="">' in visitor.get("/design/").content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\tevil\n//evil.example",
        " https://evil.example",
        "http:evil.example",
        "",
        "design/",
    ],
)
def test_return_address_stays_here(visitor: Client, address: str) -> None:
    location = visitor.get("/appearance/", {"size": "150", "next": address})["Location"]
    assert location.startswith("/")
    assert not re.match(r"^/[/\\]", location)


def test_only_reading_methods_are_answered(visitor: Client) -> None:
    assert visitor.post("/appearance/", {"size": "150"}).status_code == 405


def test_panel_stands_on_pages_and_error_pages(visitor: Client) -> None:
    for address in ("/design/", "/missing/", "/broken/", "/refused/", "/suspicious/", "/confirm/"):
        body = visitor.get(address).content.decode()
        assert "Версия для слабовидящих" in body, address
        assert f'name="next" value="{address}"' in body


def test_images_off_gives_words_and_an_open_table(visitor: Client) -> None:
    visitor.get("/appearance/", {"images": "off"})
    assert '<details class="chart-table" open>' in visitor.get("/design/").content.decode()
